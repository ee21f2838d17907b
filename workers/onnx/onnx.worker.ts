// Starts the ONNX thread.
import { serve } from '../serve.ts';
import { createOnnx } from './onnx.ts';
import { loadRuntime } from './runtime.ts';

serve(createOnnx(loadRuntime));
