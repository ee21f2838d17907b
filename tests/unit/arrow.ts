// Rows as the Arrow stream an engine would answer with.
import { tableFromArrays, tableToIPC } from '@uwdata/flechette';
import { invariant } from '#core/result.ts';

export function arrowOf(names: readonly string[], rows: readonly (readonly unknown[])[]): Uint8Array<ArrayBuffer> {
	const columns = names.map((name, index) => [name, rows.map((row) => row[index])] as const);
	const bytes = tableToIPC(tableFromArrays(Object.fromEntries(columns)), { format: 'stream' });
	invariant(bytes, 'a stream without a sink is returned as bytes');
	return bytes as Uint8Array<ArrayBuffer>;
}
