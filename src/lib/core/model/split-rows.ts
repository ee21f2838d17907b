// Which rows a model is trained on, which tell when to stop, and which are held out to judge it.
import { err, exhaustive, ok, type Result } from '../result.ts';
import { randomOf, shuffled } from './random.ts';

/** What rows are drawn by: alone, in equal shares of each class, from the latest, or with all rows of their group. */
export type SplitKind = 'random' | 'stratified' | 'time' | 'group';

export type SplitPlan = {
	readonly kind: SplitKind;
	/** Of all rows, each from 0 to below 1, together below 1. */
	readonly testShare: number;
	readonly validShare: number;
	readonly seed: number;
};

/** Numbers of rows, ascending. */
export type RowRoles = { readonly train: Uint32Array; readonly valid: Uint32Array; readonly test: Uint32Array };

/** Of a fold, the rows it holds out are `valid`. */
export type Fold = Pick<RowRoles, 'train' | 'valid'>;

export type SplitFailure =
	| { readonly kind: 'too-few-rows'; readonly rowCount: number; readonly needed: number }
	| { readonly kind: 'too-few-groups'; readonly groupCount: number; readonly needed: number };

const [TRAIN, VALID, TEST] = [0, 1, 2];
/** Numbers of rows that are drawn from together. */
type Unit = Uint32Array | readonly number[];
/** Roles with the share of the rows that each is to have. */
type Shares = readonly (readonly [role: number, share: number])[];

/** `keys` are, a row, the class, the time or the group; of `random`, null. A missing one is NaN: a class and group of its own, the earliest time. */
export function splitRows(
	{ kind, testShare, validShare, seed }: SplitPlan,
	rowCount: number,
	keys: ArrayLike<number> | null
): Result<RowRoles, SplitFailure> {
	const needed = 1 + (testShare > 0 ? 1 : 0) + (validShare > 0 ? 1 : 0);
	if (rowCount < needed) return err({ kind: 'too-few-rows', rowCount, needed });
	const units = unitsOf(kind, rowCount, keys, seed);
	if (kind === 'group' && units.length < needed)
		return err({ kind: 'too-few-groups', groupCount: units.length, needed });
	const roles = new Uint8Array(rowCount);
	const shares: Shares = [
		[TEST, testShare],
		[VALID, validShare]
	];
	if (kind === 'group') drawGroups(units, rowCount, shares, roles);
	else for (const rows of units) drawRows(rows, kind === 'stratified' ? 0 : 1, shares, roles);
	const of = (role: number): Uint32Array => rowsWhere(rowCount, (row) => roles[row] === role);
	return ok({ train: of(TRAIN), valid: of(VALID), test: of(TEST) });
}

/**
 * Folds of the given rows, each holding out another part; together the parts are all rows. Of `time`, a fold is trained on rows that
 * are earlier than those it holds out, and the earliest part is held out by none.
 */
export function foldRows(
	kind: SplitKind,
	rows: Uint32Array,
	count: number,
	keys: ArrayLike<number> | null,
	seed: number
): Result<readonly Fold[], SplitFailure> {
	const parts = kind === 'time' ? count + 1 : count;
	if (rows.length < parts) return err({ kind: 'too-few-rows', rowCount: rows.length, needed: parts });
	const ownKeys = keys && Float64Array.from(rows, (row) => keys[row] ?? NaN);
	const units = unitsOf(kind, rows.length, ownKeys, seed);
	if (kind === 'group' && units.length < count)
		return err({ kind: 'too-few-groups', groupCount: units.length, needed: count });
	const part = new Uint8Array(rows.length);
	if (kind === 'group') dealGroups(units, count, part);
	else {
		// Classes after each other, so that dealing them out goes on where the class before ended.
		const dealt = units.flatMap((rows) => [...rows]);
		dealt.forEach((row, at) => {
			part[row] = kind === 'time' ? Math.floor((at * parts) / dealt.length) : at % count;
		});
	}
	return ok(
		Array.from({ length: count }, (_, at) => {
			const held = kind === 'time' ? at + 1 : at;
			const of = (wanted: (given: number) => boolean): Uint32Array =>
				rowsWhere(part.length, (row) => wanted(part[row] ?? 0)).map((own) => rows[own] ?? 0);
			return {
				train: of((given) => (kind === 'time' ? given < held : given !== held)),
				valid: of((given) => given === held)
			};
		})
	);
}

/** Rows in the order they are drawn in: one list, or one a class or group. */
function unitsOf(kind: SplitKind, rowCount: number, keys: ArrayLike<number> | null, seed: number): readonly Unit[] {
	const order = shuffled(rowCount, randomOf(seed, 2));
	const keyOf = (row: number): number => keys?.[row] ?? NaN;
	switch (kind) {
		case 'random':
			return [order];
		case 'time': {
			const moment = (row: number): number => (Number.isNaN(keyOf(row)) ? -Infinity : keyOf(row));
			return [order.sort((a, b) => (moment(a) === moment(b) ? a - b : moment(a) - moment(b)))];
		}
		case 'stratified':
		case 'group': {
			const byKey = new Map<number, number[]>();
			for (const row of order) {
				const list = byKey.get(keyOf(row)) ?? [];
				list.push(row);
				byKey.set(keyOf(row), list);
			}
			const lists = [...byKey.values()];
			return Array.from(shuffled(lists.length, randomOf(seed, 3)), (at) => lists[at] ?? []);
		}
		default:
			return exhaustive(kind);
	}
}

/** From the end of the list, the latest ones of `time`. */
function drawRows(rows: Unit, least: number, shares: Shares, roles: Uint8Array): void {
	let end = rows.length;
	for (const [role, share] of shares) {
		const count = share > 0 ? Math.max(least, Math.round(share * rows.length)) : 0;
		for (let at = Math.max(0, end - count); at < end; at++) roles[rows[at] ?? 0] = role;
		end = Math.max(0, end - count);
	}
}

/** Whole groups until the share of rows is reached; at least one stays for the training. */
function drawGroups(groups: readonly Unit[], rowCount: number, shares: Shares, roles: Uint8Array): void {
	let at = 0;
	for (const [role, share] of shares) {
		let taken = 0;
		while (share > 0 && taken < share * rowCount && at < groups.length - 1) {
			for (const row of groups[at] ?? []) roles[row] = role;
			taken += groups[at++]?.length ?? 0;
		}
	}
}

/** The largest group goes to the part that has the fewest rows. */
function dealGroups(groups: readonly Unit[], count: number, part: Uint8Array): void {
	const sizes = new Float64Array(count);
	for (const group of groups.toSorted((a, b) => b.length - a.length)) {
		const least = sizes.indexOf(Math.min(...sizes));
		for (const row of group) part[row] = least;
		sizes[least] = (sizes[least] ?? 0) + group.length;
	}
}

/** Numbers below `rowCount`, ascending: counted first, since a list that is too long stays as long as its beginning does. */
export function rowsWhere(rowCount: number, isWanted: (row: number) => boolean): Uint32Array {
	let count = 0;
	for (let row = 0; row < rowCount; row++) if (isWanted(row)) count++;
	const rows = new Uint32Array(count);
	for (let row = 0, at = 0; row < rowCount; row++) if (isWanted(row)) rows[at++] = row;
	return rows;
}
