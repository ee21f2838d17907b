// Starts the check thread.
import { serve } from '../serve.ts';
import { createCheck } from './check.ts';

serve(createCheck());
