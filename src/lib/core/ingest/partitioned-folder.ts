// A hive-partitioned folder as one source: which files belong together, what their folders tell, and whether they agree.
import { partitionsOf } from '../export/hive-path.ts';
import type { Column } from '../version/version.ts';

/** With a path as the folder's own listing has it: `sales/country=DE/part-0.parquet`. */
export type PathFile<File> = {
	readonly path: string;
	readonly file: File;
	/** Of a database, the file beside it that is read with it, see `database-log.ts`; null where there is none, and left out where nobody knows. */
	readonly log?: File | null;
};

export type FolderGroup<File> = {
	readonly name: string;
	/** Paths begin below the folder. */
	readonly files: readonly PathFile<File>[];
};

/** One column that a file has otherwise than the first one. */
export type ColumnDifference = {
	readonly column: string;
	/** Null where there is none. */
	readonly expected: string | null;
	readonly found: string | null;
};

/** Parquet files in partition folders, by the folder that holds them; all other files are left as they are. */
export function groupPartitioned<File>(files: readonly PathFile<File>[]): {
	readonly folders: readonly FolderGroup<File>[];
	readonly others: readonly PathFile<File>[];
} {
	const byRoot = new Map<string, PathFile<File>[]>();
	const others: PathFile<File>[] = [];
	for (const one of files) {
		const folders = one.path.split('/').slice(0, -1);
		const first = folders.findIndex((folder) => folder.indexOf('=') > 0);
		if (first < 0 || !isParquet(one.path)) {
			others.push(one);
			continue;
		}
		const root = folders.slice(0, first).join('/');
		const group = byRoot.get(root) ?? [];
		byRoot.set(root, group);
		group.push({ ...one, path: one.path.split('/').slice(first).join('/') });
	}
	// What Spark and Hive leave beside the data: _SUCCESS, _metadata.
	const isMark = ({ path }: PathFile<File>): boolean => {
		const folders = path.split('/');
		return /^_/.test(folders.pop() ?? '') && byRoot.has(folders.join('/'));
	};
	return {
		folders: [...byRoot].map(([root, group]) => ({ name: nameOf(root, group), files: inOrder(group) })),
		others: others.filter((one) => !isMark(one))
	};
}

export function isParquet(path: string): boolean {
	return /\.(parquet|parq)$/i.test(path) && !/(^|\/)[._][^/=]*$/.test(path);
}

/** By path, numbers as numbers: part-10 comes after part-9. */
export function inOrder<File>(files: readonly PathFile<File>[]): readonly PathFile<File>[] {
	const key = (path: string): string => path.replace(/\d+/g, (digits) => digits.padStart(20, '0'));
	return files
		.map((one) => ({ one, by: key(one.path) }))
		.sort((a, b) => (a.by < b.by ? -1 : a.by > b.by ? 1 : 0))
		.map(({ one }) => one);
}

const spelledAs = {
	BIGINT: isInteger,
	DOUBLE: (text: string) => /^-?(0|[1-9]\d{0,8})\.(\d{0,5}[1-9]|0)$/.test(text),
	DATE: isDate,
	TIMESTAMP: isTimestamp,
	BOOLEAN: (text: string) => text === 'true' || text === 'false'
} as const;

export type PartitionType = keyof typeof spelledAs | 'VARCHAR';

/** Another type than VARCHAR only where every value is spelled as DuckDB spells it, so that no `007` loses its zeros. */
export function guessPartitionType(values: readonly (string | null)[]): PartitionType {
	const texts = values.filter((value) => value !== null);
	if (texts.length === 0) return 'VARCHAR';
	const types = ['BIGINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'BOOLEAN'] as const;
	return types.find((type) => texts.every((text) => spelledAs[type](text))) ?? 'VARCHAR';
}

/** The name that two folders of a path have, `A` and `a` counting as one; null when there is none. */
export function repeatedPartition(path: string): string | null {
	const names = partitionsOf(path).map(({ column }) => column);
	return names.find((name, index) => names.slice(0, index).some((other) => isSameName(other, name))) ?? null;
}

/** Names of columns, as DuckDB compares them. */
export function isSameName(one: string, other: string): boolean {
	return one.toLowerCase() === other.toLowerCase();
}

/** What a file has otherwise than the first: columns and types in any order, and partition folders. */
export function columnDifferences(expected: readonly Column[], found: readonly Column[]): readonly ColumnDifference[] {
	const typeIn = (columns: readonly Column[], name: string): string | null =>
		columns.find((column) => column.name === name)?.type ?? null;
	const names = new Set([...expected, ...found].map(({ name }) => name));
	return [...names]
		.map((column) => ({ column, expected: typeIn(expected, column), found: typeIn(found, column) }))
		.filter((difference) => difference.expected !== difference.found);
}

/** The partitions of a path as columns, of a type that says where they come from. */
export function partitionColumns(path: string): readonly Column[] {
	return partitionsOf(path).map(({ column }) => ({ name: column, type: 'partition folder' }));
}

function nameOf<File>(root: string, group: readonly PathFile<File>[]): string {
	const own = root.split('/').at(-1);
	if (own !== undefined && own !== '') return own;
	return `by ${partitionsOf(group[0]?.path ?? '')[0]?.column ?? 'partition'}`;
}

function isInteger(text: string): boolean {
	if (!/^(0|-?[1-9]\d{0,18})$/.test(text)) return false;
	const value = BigInt(text);
	return value >= -(2n ** 63n) && value < 2n ** 63n;
}

function isDate(text: string): boolean {
	if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
	const [year = 0, month = 0, day = 0] = text.split('-').map(Number);
	const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
	const days = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
	return day >= 1 && day <= (days[month - 1] ?? 0);
}

function isTimestamp(text: string): boolean {
	return isDate(text.slice(0, 10)) && /^ ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{0,5}[1-9])?$/.test(text.slice(10));
}
