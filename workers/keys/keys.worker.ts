// Starts the keys thread.
import { serve } from '../serve.ts';
import { createKeysWork } from './keys.ts';

serve(createKeysWork());
