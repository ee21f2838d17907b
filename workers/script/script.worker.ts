// Starts the script thread.
import { serve } from '../serve.ts';
import { createScript } from './script.ts';

serve(createScript());
