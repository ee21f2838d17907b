// Starts a thread that helps with trainings: each comes over a port, and holds it until the training ends.
import { serve } from '../serve.ts';
import { createKernelThread } from './kernel-thread.ts';

serve(createKernelThread());
