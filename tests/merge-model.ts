// A three-way merge of rows by key in plain words, to hold the real one against. Cells are texts; null is an empty one.

export type Cells = Readonly<Record<string, string | null>>;
/** Rows by key. */
export type Rows = ReadonlyMap<number, Cells>;

export type ModelMerge = {
	readonly rows: Rows;
	/** Keys in which both changed the same; there the rows have what `ours` has. */
	readonly conflicts: ReadonlySet<number>;
};

export function mergeModel(base: Rows, ours: Rows, theirs: Rows): ModelMerge {
	const rows = new Map<number, Cells>();
	const conflicts = new Set<number>();
	for (const key of new Set([...base.keys(), ...ours.keys(), ...theirs.keys()])) {
		const [o, a, b] = [base.get(key), ours.get(key), theirs.get(key)];
		if (a && b) {
			const cells: Record<string, string | null> = {};
			for (const column of Object.keys(a)) {
				const [was, one, other] = [o?.[column] ?? null, a[column] ?? null, b[column] ?? null];
				cells[column] = one === was ? other : one;
				if (one !== other && one !== was && other !== was) conflicts.add(key);
			}
			rows.set(key, cells);
		} else if (a ?? b) {
			const left = a ?? b ?? {};
			const isChanged = o !== undefined && !isSame(o, left);
			if (isChanged) conflicts.add(key);
			if (o === undefined || (isChanged && a)) rows.set(key, left);
		}
	}
	return { rows, conflicts };
}

export function isSame(one: Cells, other: Cells): boolean {
	return Object.keys(one).every((column) => (one[column] ?? null) === (other[column] ?? null));
}
