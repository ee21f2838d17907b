// All endpoints, for what treats them alike: the OpenAPI document and the pinned hash.
import type { Endpoint } from './endpoint.ts';
import { health } from './health.ts';
import { notifyEmail } from './notify-email.ts';
import { notifyWebhook } from './notify-webhook.ts';

export const endpoints: readonly Endpoint[] = [health, notifyEmail, notifyWebhook];
