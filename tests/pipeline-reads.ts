// What a work of the runner's world reads and how it behaves, and a hash that tells texts apart.
import { sqlsOf, type Work } from '#core/pipeline/pipeline.ts';

/** How a step behaves: its first `failures` recorded attempts fail, or take too long. */
export type Behaviour = {
	readonly failures: number;
	readonly how: 'fail' | 'slow' | 'for-good';
	readonly source: string | null;
	readonly workMs: number;
};

/** Names after `reads`, in a work's SQL. */
export function readsOf(work: Work): readonly string[] {
	if (work.kind === 'transform' && work.rows.kind === 'function') return [work.rows.input];
	const [sql = ''] = work.kind === 'transform' || work.kind === 'check' ? sqlsOf(work) : [];
	return [...sql.matchAll(/FROM (\w+)/g)].map((match) => match[1] ?? '');
}

/** FNV-1a twice over: enough to tell texts apart, and quick. */
export function hash(text: string): string {
	let [one, two] = [0x811c9dc5, 0x1000193];
	for (let index = 0; index < text.length; index++) {
		one = Math.imul(one ^ text.charCodeAt(index), 0x01000193);
		two = Math.imul(two ^ text.charCodeAt(text.length - 1 - index), 0x5bd1e995);
	}
	return (one >>> 0).toString(36) + (two >>> 0).toString(36);
}
