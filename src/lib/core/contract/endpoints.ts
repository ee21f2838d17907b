// All endpoints, for what treats them alike: the OpenAPI document and the pinned hash.
import type { Endpoint } from './endpoint.ts';
import { health } from './health.ts';

export const endpoints: readonly Endpoint[] = [health];
