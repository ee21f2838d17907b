// What the notify worker does: it posts a notice to an address that a person named. Types only.
import type { DeliveryFailure } from '#core/alert/delivery.ts';
import type { Result } from '#core/result.ts';

export type NotifyApi = {
	/** `body` is JSON. `id` goes with it as `Idempotency-Key`. */
	post(url: string, body: string, id: string): Promise<Result<void, DeliveryFailure>>;
};
