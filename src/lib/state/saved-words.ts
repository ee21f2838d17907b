// What narrowing columns saved when a table was first stored, in a toast's words.
import type { Version } from '#core/version/version.ts';

/** Such as `, stored 34 % smaller`; empty when nothing was saved. */
export function savedWords(savedBytes: number, { table }: Pick<Version, 'table'>): string {
	const before = table.sizeBytes + savedBytes;
	if (savedBytes <= 0 || before <= 0) return '';
	const share = (savedBytes / before) * 100;
	return `, stored ${share < 1 ? 'a little' : `${Math.round(share)} %`} smaller`;
}
