// Which names a dataset may have, and how one is made from a file's name.
import { err, ok, type Result } from '../result.ts';
import type { StoreFailure } from './store-failure.ts';

const NAME_MAX = 100;

export type InvalidName = Extract<StoreFailure, { kind: 'invalid-name' }>;

/** Any text that can be quoted in SQL, without `@`, which separates a version. */
export function parseDatasetName(text: string): Result<string, InvalidName> {
	const refuse = (rule: InvalidName['rule']) => err({ kind: 'invalid-name', name: text, rule } as const);
	if (text.trim() === '') return refuse('empty');
	if (text !== text.trim()) return refuse('space');
	if ([...text].length > NAME_MAX) return refuse('too-long');
	if (text.includes('@')) return refuse('at-sign');
	// Control and format characters, such as line breaks and text-direction overrides.
	if (/[\p{Cc}\p{Cf}]/u.test(text)) return refuse('control');
	return ok(text);
}

/** A plain SQL identifier from a file name or URL path: `2024 Sales (EU).csv.gz` gives `t_2024_sales_eu`. */
export function nameFromSource(source: string): string {
	const file = source.split(/[/\\]/).findLast((part) => part !== '') ?? '';
	const stem = file.replace(/\.(gz|gzip)$/i, '').replace(/\.[a-z0-9]{1,8}$/i, '');
	const plain = stem
		.normalize('NFKD')
		.replace(/\p{M}+/gu, '')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '_')
		.replace(/^_+|_+$/g, '')
		.slice(0, 60);
	if (plain === '') return 'dataset';
	return /^\p{N}/u.test(plain) ? `t_${plain}` : plain;
}

/** `name`, or `name_2`, `name_3`… when taken; names are compared without case. */
export function freeName(name: string, taken: readonly string[]): string {
	const lower = new Set(taken.map((other) => other.toLowerCase()));
	if (!lower.has(name.toLowerCase())) return name;
	let number = 2;
	while (lower.has(`${name}_${number}`.toLowerCase())) number++;
	return `${name}_${number}`;
}
