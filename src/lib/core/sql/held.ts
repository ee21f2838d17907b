// The engine's schema for tables that stand beside the datasets: held results, and steps of longer work.
import { quoteName } from './quote.ts';

export const HELD_SCHEMA = 'weir_held';

/** A table there, as SQL. */
export function heldTableSql(name: string): string {
	return `${HELD_SCHEMA}.${quoteName(name)}`;
}
