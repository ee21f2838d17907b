// Which columns tell the rows of a table apart that somebody chooses as a source, where another was chosen before.

type KeyedTable = { readonly columns?: readonly { readonly name: string; readonly isKey: boolean }[] };

/** `key` is what stands there: of the table before, or what somebody wrote. The former goes with its table, the latter stays where its columns are there. */
export function keyOfChosen(
	chosen: KeyedTable,
	before: KeyedTable | undefined,
	key: readonly string[]
): readonly string[] {
	const own = keyOf(chosen);
	if (own.length > 0 || !chosen.columns) return own.length > 0 ? own : key;
	const isOfBefore = before !== undefined && keyOf(before).join('\n') === key.join('\n');
	const isThere = key.every((name) => chosen.columns?.some((column) => column.name === name));
	return isOfBefore || !isThere ? [] : key;
}

function keyOf({ columns = [] }: KeyedTable): readonly string[] {
	return columns.filter(({ isKey }) => isKey).map(({ name }) => name);
}
