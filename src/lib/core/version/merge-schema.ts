// The columns of a merge: what both lines have, what one added or dropped, and where they clash.
import { err, ok, type Result } from '../result.ts';
import type { Column } from './version.ts';

export type MergedColumn = {
	readonly name: string;
	readonly type: string;
	/** As the three versions have it; null where they do not. */
	readonly base: Column | null;
	readonly ours: Column | null;
	readonly theirs: Column | null;
	/** The type that holds the values of all three, where layouts narrowed the column; `type` may be too narrow. */
	readonly wide?: string;
};

export type SchemaClash =
	/** Both changed the type, or added the column, each in another way. */
	| { readonly kind: 'types-differ'; readonly column: string; readonly ours: string; readonly theirs: string }
	/** One line dropped a column whose type the other changed. */
	| { readonly kind: 'dropped-and-retyped'; readonly column: string; readonly droppedBy: 'ours' | 'theirs' }
	/** One line dropped a column in which the other changed cells. */
	| {
			readonly kind: 'dropped-and-changed';
			readonly column: string;
			readonly droppedBy: 'ours' | 'theirs';
			readonly rowCount: number;
	  };

export type MergedSchema = {
	/** In the order of ours, what theirs added at the end. */
	readonly columns: readonly MergedColumn[];
	/** Of the base, gone on one side alone; the other side must not have changed a cell of it. */
	readonly dropped: readonly { readonly column: Column; readonly droppedBy: 'ours' | 'theirs' }[];
};

type Schemas = Readonly<Record<'base' | 'ours' | 'theirs', readonly Column[]>>;

/**
 * Columns match by name without regard to case; a renamed one is dropped and added. `wide` are the schemas with the types
 * that columns had before a layout narrowed them.
 */
export function mergeSchemas(
	{ base, ours, theirs }: Schemas,
	wide: Schemas = { base, ours, theirs }
): Result<MergedSchema, readonly SchemaClash[]> {
	const columns: MergedColumn[] = [];
	const dropped: MergedSchema['dropped'][number][] = [];
	const clashes: SchemaClash[] = [];
	for (const { name } of [...ours, ...theirs.filter((column) => !find(ours, column.name))]) {
		const of = { base: find(base, name), ours: find(ours, name), theirs: find(theirs, name) };
		const kept = of.ours ?? of.theirs;
		if (!kept) continue;
		if (of.base && !(of.ours && of.theirs)) {
			const droppedBy = of.ours ? 'theirs' : 'ours';
			if (kept.type === of.base.type) dropped.push({ column: kept, droppedBy });
			else clashes.push({ kind: 'dropped-and-retyped', column: name, droppedBy });
			continue;
		}
		const agreed = agreedType(name, wide);
		const type = typeOf(of.base?.type, of.ours?.type, of.theirs?.type) ?? agreed;
		const widened = agreed === null || agreed === type ? {} : { wide: agreed };
		if (type !== null) columns.push({ ...of, name: kept.name, type, ...widened });
		else clashes.push({ kind: 'types-differ', column: name, ours: of.ours?.type ?? '', theirs: of.theirs?.type ?? '' });
	}
	return clashes.length > 0 ? err(clashes) : ok({ columns, dropped });
}

/** The type of all versions that have the column; null when they have several. */
function agreedType(name: string, wide: Schemas): string | null {
	const types = [wide.base, wide.ours, wide.theirs].flatMap((columns) => find(columns, name)?.type ?? []);
	return types.every((type) => type === types[0]) ? (types[0] ?? null) : null;
}

/** Null when both sides changed it differently. */
function typeOf(base: string | undefined, ours: string | undefined, theirs: string | undefined): string | null {
	if (ours === undefined || theirs === undefined || ours === theirs) return ours ?? theirs ?? null;
	if (ours === base) return theirs;
	return theirs === base ? ours : null;
}

function find(columns: readonly Column[], name: string): Column | null {
	return columns.find((column) => column.name.toLowerCase() === name.toLowerCase()) ?? null;
}
