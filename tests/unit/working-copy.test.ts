// Steps of a working copy against a plain list of rows.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
	rowAt,
	rowEdits,
	shownCount,
	takeStep,
	workingRows,
	type WorkingRows,
	type WorkingStep
} from '#core/version/working-copy.ts';

type Line = {
	readonly id: number;
	readonly isRemoved: boolean;
	readonly cells: Readonly<Record<string, string | null>>;
};

/** Where and what, as parts of whatever is there when it happens. */
const moves = fc.array(
	fc.record({
		kind: fc.constantFrom('set', 'add', 'remove'),
		at: fc.nat(1000),
		count: fc.integer({ min: 1, max: 3 }),
		text: fc.option(fc.string({ maxLength: 3 }), { nil: null }),
		column: fc.constantFrom('a', 'b')
	}),
	{ maxLength: 25 }
);

/** Does a step to a plain list, as slowly as one likes. */
function step(lines: readonly Line[], taken: WorkingStep, nextId: () => number): readonly Line[] {
	switch (taken.kind) {
		case 'set':
			return lines.map((line) => {
				const set = taken.rows.filter(({ row }) => row === line.id);
				return { ...line, cells: Object.assign({}, line.cells, ...set.map(({ cells }) => cells)) as Line['cells'] };
			});
		case 'remove':
			return lines
				.filter(({ id }) => id >= 0 || !taken.rows.includes(id))
				.map((line) => ({ ...line, isRemoved: line.isRemoved || taken.rows.includes(line.id) }));
		case 'add': {
			const at = lines.findIndex(({ id }) => id === taken.before);
			const made = taken.rows.map((cells) => ({ id: nextId(), isRemoved: false, cells }));
			return lines.toSpliced(at < 0 ? lines.length : at, 0, ...made);
		}
	}
}

function shown(rows: WorkingRows): readonly Line[] {
	return Array.from({ length: shownCount(rows) }, (_, place) => {
		const { id, isRemoved, cells } = rowAt(rows, place);
		return { id, isRemoved, cells };
	});
}

describe('a working copy', () => {
	test('shows what a plain list shows after the same steps', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 12 }), moves, (rowCount, made) => {
				let next = 0;
				let lines: readonly Line[] = Array.from({ length: rowCount }, (_, id) => ({ id, isRemoved: false, cells: {} }));
				let rows = workingRows(rowCount);
				const steps: WorkingStep[] = [];
				for (const { kind, at, count, text, column } of made) {
					const from = lines.length === 0 ? 0 : at % lines.length;
					const some = lines.slice(from, from + count).map(({ id }) => id);
					const before = at % 3 === 0 || lines.length === 0 ? rowCount : (lines[from]?.id ?? rowCount);
					const taken: WorkingStep =
						kind === 'set'
							? { kind, rows: some.map((row) => ({ row, cells: { [column]: text } })) }
							: kind === 'remove'
								? { kind, rows: some }
								: { kind: 'add', before, rows: Array.from({ length: count }, () => ({ [column]: text })) };
					steps.push(taken);
					lines = step(lines, taken, () => -1 - next++);
					rows = takeStep(rows, taken);
					expect(shown(rows)).toEqual(lines);
				}
				expect(shown(workingRows(rowCount, steps))).toEqual(lines);
				// As edits of the version: the rows that stay, in order.
				const edits = rowEdits(rows);
				const stays: (number | undefined)[] = [];
				for (let row = 0; row <= rowCount; row++) {
					stays.push(...edits.added.filter(({ before }) => before === row).map(() => undefined));
					if (row < rowCount && !edits.removed.includes(row)) stays.push(row);
				}
				expect(stays).toEqual(lines.filter(({ isRemoved }) => !isRemoved).map(({ id }) => (id < 0 ? undefined : id)));
			})
		);
	});

	test('changes of a removed row go with it', () => {
		const rows = workingRows(3, [
			{ kind: 'set', rows: [{ row: 1, cells: { a: 'x' } }] },
			{ kind: 'remove', rows: [1] }
		]);
		expect(rowEdits(rows)).toEqual({ changed: [], removed: [1], added: [] });
	});
});
