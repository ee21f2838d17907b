// Sends a notice as e-mail, where the edge has a mail server.
import { array, boolean, maxLength, minLength, object, pipe, regex, string } from 'valibot';
import { endpoint } from './endpoint.ts';

/** One address, of characters that no mail command or header gives a meaning. */
const address = pipe(
	string(),
	maxLength(254),
	regex(/^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/)
);

export const notifyEmail = endpoint({
	name: 'notifyEmail',
	summary:
		'Sends a plain text to up to 20 addresses that this edge may write to. An `id` that was sent before is not sent again. `mail-not-connected` when the edge has no mail server.',
	method: 'POST',
	path: '/api/v1/notify/email',
	access: 'anyone',
	request: object({
		/** 16 to 100 letters, digits, `-` and `_`. */
		id: pipe(string(), regex(/^[A-Za-z0-9_-]{16,100}$/)),
		to: pipe(array(address), minLength(1), maxLength(20)),
		/** One line without control characters. */
		subject: pipe(string(), minLength(1), maxLength(250), regex(/^[ -~\u00a0-\u2027\u202a-\uffff]+$/)),
		text: pipe(string(), maxLength(32_000))
	}),
	/** `isRepeated`: it had been sent before, and was not sent now. */
	response: object({ isRepeated: boolean() }),
	failures: ['mail-not-connected', 'recipient-not-allowed', 'too-many-requests', 'mail-failed']
});
