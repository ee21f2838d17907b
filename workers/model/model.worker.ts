// Starts the model thread.
import { serve } from '../serve.ts';
import { createModel } from './model.ts';

serve(createModel());
