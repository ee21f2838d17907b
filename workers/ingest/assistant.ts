// Reads chunks of delimited text with an engine of its own.
import { transfer } from 'comlink';
import type { CsvPlan } from '#core/ingest/guess-csv.ts';
import { invariant } from '#core/result.ts';
import type { AssistantApi } from './api.ts';
import type { Engine } from './engine.ts';
import { readFast } from './fast-chunk.ts';

export function createAssistant(engine: () => Promise<Engine>): AssistantApi {
	let reading: { readonly engine: Engine; readonly plan: CsvPlan } | null = null;
	return {
		open: async (plan) => {
			try {
				reading = { engine: await engine(), plan };
				return true;
			} catch {
				return false;
			}
		},
		read: (bytes) => {
			invariant(reading, 'an assistant is opened before it reads');
			const { engine: own, plan } = reading;
			const file = orNull(() => readFast(own, plan, bytes));
			return Promise.resolve(transfer({ file, bytes }, [bytes.buffer]));
		}
	};
}

/** Nothing is hidden by it: whoever gets null reads the chunk, and meets what went wrong. */
function orNull<T>(read: () => T | null): T | null {
	try {
		return read();
	} catch {
		return null;
	}
}
