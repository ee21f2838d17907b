// Formats of a block that do not fit what they are for, and so are left out of account.
import type { CellType, EditionTable } from './edition.ts';
import { parseFormat, type UnknownFormat } from './format-value.ts';
import type { Block } from './report.ts';

export function formatProblems(block: Block, table: EditionTable): readonly UnknownFormat[] {
	const typeOf = (name: string): CellType | undefined =>
		table.columns.find((one) => one.name.toLowerCase() === name.toLowerCase())?.type;
	const asked: readonly (readonly [string | null, CellType | undefined])[] =
		block.kind === 'metric'
			? [[block.format, typeOf('value')]]
			: block.kind === 'chart'
				? [
						[block.xFormat, typeOf('x')],
						[block.yFormat, typeOf('y') ?? typeOf('median')]
					]
				: block.kind === 'table'
					? (block.columns ?? []).map(({ column, format }) => [format, typeOf(column)] as const)
					: [];
	return asked.flatMap(([format, type]) => {
		const parsed = format === null || type === undefined ? null : parseFormat(format, type);
		return parsed && !parsed.ok ? [parsed.error] : [];
	});
}
