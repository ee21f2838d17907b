// Files that a query reads by itself, named by a text in a table function or in the place of a table. What they hold is not known.
import { textOf, treeOf, treesOf, type Tree } from './tree.ts';

const reading =
	/^(?:read_(?:(?:csv|json|json_objects|ndjson|ndjson_objects)(?:_auto)?|parquet|text|blob)|parquet_scan|sniff_csv)$/;

/** Null for a function that reads no file, and for one that does not say which by texts alone. */
export function filesOf(call: Tree): readonly string[] | null {
	if (!reading.test(textOf(call['function_name']))) return null;
	const [first] = treesOf(call['children']);
	const paths = first && (textOf(first['function_name']) === 'list_value' ? treesOf(first['children']) : [first]);
	const texts = paths?.map((path) => treeOf(path['value'])?.['value']) ?? [];
	return texts.length > 0 && texts.every((text) => typeof text === 'string') ? texts.map(withoutQuery) : null;
}

/** `FROM 'orders.csv'` names a file in the place of a table. */
export function fileInPlaceOf(table: string): string | null {
	return /\.(?:csv|tsv|txt|json|jsonl|ndjson|parquet)(?:\.gz)?(?:\?.*)?$/i.test(table) ? withoutQuery(table) : null;
}

/** What an address asks may be nobody's business. */
function withoutQuery(path: string): string {
	return /^[a-z][a-z0-9+.-]*:\/\//i.test(path) ? path.replace(/[?#].*$/s, '').replace(/\/\/[^@/]*@/, '//') : path;
}
