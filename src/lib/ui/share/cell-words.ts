// A cell of a shared report as its reader sees it.
import type { CellType, CellValue } from '#core/report/edition.ts';

/** Times are UTC, as they were where the report was made. */
export function cellWords(value: CellValue, type: CellType): string {
	if (value === null) return '—';
	if (typeof value === 'number' && (type === 'date' || type === 'time')) {
		const date = new Date(value);
		if (Number.isNaN(date.getTime())) return String(value);
		const text = date.toISOString();
		return type === 'date' ? text.slice(0, 10) : text.slice(0, 19).replace('T', ' ');
	}
	return typeof value === 'number' ? value.toLocaleString('en', { maximumFractionDigits: 6 }) : String(value);
}
