// The greatest value that is loaded, by which the next load asks for what came since.
import type { Mark } from './rest/page.ts';

const timeShape = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
const digits = /^-?\d{1,40}$/;

/** Below 0 when `one` comes first. Times by the time they mean, numbers by their value, all else by its letters. */
export function compareMarks(one: Mark, other: Mark): number {
	if (typeof one === 'number' && typeof other === 'number') return one - other;
	const [a, b] = [String(one), String(other)];
	const [atA, atB] = [timeOf(a), timeOf(b)];
	if (atA !== null && atB !== null && atA !== atB) return atA - atB;
	if (digits.test(a) && digits.test(b)) return BigInt(a) < BigInt(b) ? -1 : Number(BigInt(a) > BigInt(b));
	return a < b ? -1 : Number(a > b);
}

/** UTC epoch in milliseconds; a time without a zone is UTC. */
function timeOf(text: string): number | null {
	if (!timeShape.test(text)) return null;
	const hasZone = text.length <= 10 || /(Z|[+-]\d{2}:?\d{2})$/.test(text.slice(10));
	const atMs = Date.parse(hasZone ? text.replace(' ', 'T') : `${text.replace(' ', 'T')}Z`);
	return Number.isNaN(atMs) ? null : atMs;
}

/** From 2001 on, as seconds and as milliseconds. */
const FIRST_SECONDS = 1e9;
const FIRST_MS = 1e11;

/** Where a load begins to ask that takes rows which came `lateMs` late. What is no time stays. */
export function markBefore(mark: Mark, lateMs: number): Mark {
	if (lateMs === 0) return mark;
	if (typeof mark === 'number') {
		if (mark >= FIRST_MS) return mark - lateMs;
		return mark >= FIRST_SECONDS ? mark - Math.ceil(lateMs / 1000) : mark;
	}
	const atMs = timeOf(mark);
	if (atMs === null) return mark;
	const iso = new Date(atMs - lateMs).toISOString();
	if (mark.length <= 10) return iso.slice(0, 10);
	const text = mark.includes('T') ? iso : iso.replace('T', ' ');
	return /(Z|[+-]\d{2}:?\d{2})$/.test(mark.slice(10)) ? text : text.slice(0, 19);
}
