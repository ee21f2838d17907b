// An engine for tests in plain Node: it answers what flows ask of it, and writes rows nobody has written before.
import { err, ok } from '#core/result.ts';
import type { EngineApi } from '#workers/engine/api.ts';
import { arrowOf } from './arrow.ts';
import { tableOf } from './effects.ts';

/** Keys tell rows apart, the first segment is touched, and lines merge without conflicts. All tables are those of `tableOf`. */
export function scriptedEngine(): Partial<EngineApi> {
	const asked = new Map<string, string>();
	let written = 0;
	return {
		run: ({ id, sql }) => {
			asked.set(id, sql);
			return Promise.resolve(ok({ columns: [], rowCount: 0, elapsedMs: 0, sizeBytes: 0 }));
		},
		arrow: (id) => {
			const sql = asked.get(id);
			return Promise.resolve(sql === undefined ? err({ kind: 'unknown-result' } as const) : ok(answerTo(sql)));
		},
		write: () => Promise.resolve(ok(tableOf(`written ${written++}`))),
		register: () => Promise.resolve(),
		unregister: () => Promise.resolve(),
		release: () => Promise.resolve()
	};
}

function answerTo(sql: string): Uint8Array<ArrayBuffer> {
	if (/\bAS distincts\b/.test(sql)) return arrowOf(['rows', 'nulls', 'distincts'], [[2, 0, 2]]);
	if (/\bAS changed\b/.test(sql))
		return arrowOf(['changed', 'added', 'removed', 'conflicts', 'open'], [[1, 1, 0, 0, 0]]);
	if (/\bAS segment\b/.test(sql))
		return arrowOf(['segment', 'rows', 'removed'], [[0, 1, sql.includes('(WHERE true)') ? 1 : 0]]);
	const flags = [...sql.matchAll(/bool_or\(h\.(d\d+)\)/g)].flatMap(([, flag = '']) => flag);
	if (flags.length > 0) return arrowOf(flags, [flags.map(() => true)]);
	if (/\bAS fitted\b/.test(sql))
		return arrowOf(
			['n', 'fitted'],
			[...sql.matchAll(/\((\d+), '([^']*)'\)/g)].map(([, n, text]) => [Number(n), text])
		);
	// Whatever else is asked of a merge: rows that both lines changed in a column that one of them dropped.
	return arrowOf(['n'], [[0]]);
}
