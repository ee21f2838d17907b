// Starts the cutter thread.
import { serve } from '../serve.ts';
import { createCutter } from './cutter.ts';

serve(createCutter());
