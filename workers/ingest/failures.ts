// Turns what readers throw into ingest failures, once, at the worker's edge.
import type { IngestFailure, IngestFormat, IngestOverrides } from '#core/ingest/options.ts';
import { err, type Result } from '#core/result.ts';
import { RecordTooLong } from './chunks.ts';
import type { Engine } from './engine.ts';

/** An expected failure on its way up through generators and loops; never leaves the worker. */
export class Stopped extends Error {
	readonly failure: IngestFailure;
	constructor(failure: IngestFailure) {
		super(failure.kind);
		this.failure = failure;
	}
}

/** Runs the work; what it throws becomes a failure of that source. */
export async function settle<T>(
	source: string,
	format: () => IngestFormat | 'zip',
	work: () => Promise<Result<T, IngestFailure>>
): Promise<Result<T, IngestFailure>> {
	try {
		return await work();
	} catch (thrown) {
		if (thrown instanceof Stopped) return err(thrown.failure);
		if (thrown instanceof RecordTooLong) {
			return err({ kind: 'unreadable-source', source, format: format(), reason: thrown.message, line: thrown.line });
		}
		const reason = reasonOf(thrown);
		if (/out of memory|allocation failed|Array buffer allocation/i.test(reason))
			return err({ kind: 'out-of-memory', source });
		// A trapped engine answers nothing sensible any more; the page ends this worker after any of these.
		if (thrown instanceof WebAssembly.RuntimeError) return err({ kind: 'worker-crashed', reason });
		return err({ kind: 'unreadable-source', source, format: format(), reason, line: null });
	}
}

function reasonOf(thrown: unknown): string {
	if (thrown instanceof DOMException && /^Not(Found|Readable)Error$/.test(thrown.name))
		return 'it was changed, moved or deleted after it was chosen; choose it again';
	return thrown instanceof Error ? thrown.message : String(thrown);
}

/** Throws Stopped when an asked-for type is none the engine knows. */
export function checkTypes(engine: Engine, overrides: IngestOverrides): void {
	for (const type of new Set(Object.values(overrides.types ?? {}))) {
		if (type === '') continue;
		const refused = (reason: string): Stopped =>
			new Stopped({ kind: 'unsupported-option', option: 'type', value: type, reason });
		if (!/^[\w\s(),"[\]]+$/.test(type)) throw refused('a type holds letters, digits, brackets and commas only');
		try {
			engine.query(`SELECT NULL::${type}`);
		} catch (thrown) {
			throw refused(thrown instanceof Error ? (thrown.message.split('\n')[0] ?? '') : String(thrown));
		}
	}
}
