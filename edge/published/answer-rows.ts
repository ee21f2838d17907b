// Rows as they are answered: from the platform's cache, or made, written in a format and kept there.
import { ok, type Result } from '#core/result.ts';
import type { Payload } from '../mount.ts';
import { keep, kept } from './answer-cache.ts';
import type { QueriedRows } from './run-query.ts';
import { writeRows, type RowFormat } from './write-rows.ts';

type Answer = {
	/** Names all that the rows hang on. */
	readonly key: string;
	readonly headers: Readonly<Record<string, string>>;
	readonly format: RowFormat;
	readonly version: string;
};
/** `next`: the address of the page that follows. */
type Made = { readonly rows: QueriedRows; readonly next: string | null };

export async function answerRows<F>(
	{ key, headers, format, version }: Answer,
	make: () => Promise<Result<Made, F>>
): Promise<Result<Payload, F>> {
	const cached = await kept(key);
	if (cached) return ok({ ...cached, headers: { ...headers, ...cached.headers } });
	const made = await make();
	if (!made.ok) return made;
	const { rows, next } = made.value;
	const written = writeRows(format, rows, { version, next });
	const payload: Payload = { ...written, headers: next === null ? {} : { Link: `<${next}>; rel="next"` } };
	await keep(key, payload);
	return ok({ ...payload, headers: { ...headers, ...payload.headers } });
}
