// DuckDB's parse tree, as `json_serialize_sql` gives it: read with care, since its shape is the engine's own affair.

export type Tree = { readonly [key: string]: unknown };

export function treeOf(value: unknown): Tree | null {
	return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Tree) : null;
}

export function treesOf(value: unknown): readonly Tree[] {
	return Array.isArray(value) ? value.map(treeOf).filter((one) => one !== null) : [];
}

export function textOf(value: unknown): string {
	return typeof value === 'string' ? value : '';
}

export function textsOf(value: unknown): readonly string[] {
	return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
}

/** The query of a text that is one; null for other statements, and for what the engine cannot tell as a tree. */
export function queryOf(serialized: unknown): Tree | null {
	const root = treeOf(serialized);
	const statements = treesOf(root?.['statements']);
	const [only] = statements;
	return root?.['error'] === false && statements.length === 1 ? treeOf(only?.['node']) : null;
}
