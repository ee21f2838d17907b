// Starts the notify thread.
import { serve } from '../serve.ts';
import { createNotify } from './notify.ts';

serve(createNotify());
