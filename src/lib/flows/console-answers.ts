// Held rows as `window.weir` gives them to scripts.
import type { ResultId } from '../core/ids.ts';
import { decodeRows } from '../core/sql/arrow-rows.ts';
import type { SqlAnswer } from './console-types.ts';
import type { Effects } from './effects.ts';

export function sqlAnswer(
	id: ResultId,
	ran: Pick<SqlAnswer, 'columns' | 'rowCount' | 'elapsedMs'>,
	effects: Effects
): SqlAnswer {
	const arrow = async (): Promise<Uint8Array<ArrayBuffer>> => {
		const bytes = await effects.engine.arrow(id);
		if (!bytes.ok) throw new Error(`The rows are gone from the engine: ${bytes.error.kind}`);
		return bytes.value;
	};
	return {
		columns: ran.columns,
		rowCount: ran.rowCount,
		elapsedMs: ran.elapsedMs,
		arrow,
		rows: async () => decodeRows(await arrow()),
		release: () => effects.engine.release(id)
	};
}
