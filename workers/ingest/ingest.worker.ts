// Starts the ingest thread.
import { serve } from '../serve.ts';
import { createIngest } from './ingest.ts';

serve(createIngest());
