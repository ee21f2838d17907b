// The engine's thread: answers EngineApi. Wiring only.
import { serve } from '../serve.ts';
import { createEngine } from './engine.ts';

serve(createEngine());
