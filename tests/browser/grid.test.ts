import { expect, onTestFinished, test, vi } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import type { ColumnProfile } from '#core/profile/profile.ts';
import { err, ok } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView } from '#core/sql/relation.ts';
import Grid from '#lib/ui/grid/Grid.svelte';
import type { GridProps } from '#lib/ui/grid/grid-props.ts';
import { columns, profileOf, readRows, ROW_COUNT } from './grid-rows.ts';

const plain: GridView = { orderBy: [], filters: [] };

type Shown = {
	readonly views: GridView[];
	readonly failures: SqlFailure[];
	readonly show: (change: Partial<GridProps>) => Promise<void>;
};

async function show(change: Partial<GridProps> = {}): Promise<Shown> {
	const views: GridView[] = [];
	const failures: SqlFailure[] = [];
	const props: GridProps = {
		label: 'Rows of trips',
		columns,
		rowCount: ROW_COUNT,
		done: true,
		key: 'first',
		readWindow: readRows,
		view: plain,
		onview: (view) => views.push(view),
		readProfile: null,
		onfailure: (failure) => failures.push(failure),
		...change
	};
	const frame = document.createElement('div');
	Object.assign(frame.style, { width: '900px', height: '420px' });
	document.body.append(frame);
	onTestFinished(() => {
		frame.remove();
	});
	const screen = await render(Grid, { target: frame, props });
	return { views, failures, show: (next) => screen.rerender(next) };
}

const grid = (): HTMLElement => document.querySelector('[role="grid"]') as HTMLElement;
const active = (): HTMLElement | null => document.getElementById(grid().getAttribute('aria-activedescendant') ?? '');
const header = (name: string) => page.getByRole('columnheader', { name: new RegExp(`^${name}, `) });

async function press(...keys: string[]): Promise<void> {
	grid().focus();
	for (const key of keys) await userEvent.keyboard(key);
}

/** What the grid writes to the clipboard, kept instead: a headless page may not write it. */
function clipboard(): { text: string | null } {
	const kept: { text: string | null } = { text: null };
	const write = vi.spyOn(navigator.clipboard, 'writeText').mockImplementation((text) => {
		kept.text = text;
		return Promise.resolve();
	});
	onTestFinished(() => {
		write.mockRestore();
	});
	return kept;
}

test('Ctrl+End shows the last of 10 million rows, and the DOM stays small', async () => {
	await show();
	await press('{Control>}{End}{/Control}');
	await expect.element(page.getByText('name 9999999')).toBeVisible();
	expect(active()?.closest('[role="row"]')?.getAttribute('aria-rowindex')).toBe(String(ROW_COUNT + 1));
	expect(document.querySelectorAll('[role="gridcell"]').length).toBeLessThan(200);
});

test('scrolling the track to its end shows the last row, and the wheel moves by exact pixels from there', async () => {
	await show();
	grid().scrollTop = grid().scrollHeight;
	await expect.element(page.getByText('name 9999999')).toBeVisible();
	const top = (): number => page.getByText('name 9999999').element().getBoundingClientRect().top;
	const before = top();
	grid().dispatchEvent(new WheelEvent('wheel', { deltaY: -20, bubbles: true, cancelable: true }));
	await expect.poll(top).toBeCloseTo(before + 20, 1);
});

test('arrows, Home, End and Page keys move the active cell', async () => {
	await show();
	await press('{ArrowDown}', '{ArrowRight}');
	await expect.poll(() => active()?.textContent.trim()).toBe('');
	expect(active()?.getAttribute('aria-colindex')).toBe('2');
	await press('{End}');
	expect(active()?.getAttribute('aria-colindex')).toBe('4');
	await press('{Home}', '{PageDown}');
	const rowIndex = Number(active()?.closest('[role="row"]')?.getAttribute('aria-rowindex'));
	expect(rowIndex).toBeGreaterThan(8);
	await press('{PageUp}', '{PageUp}', '{ArrowUp}');
	expect(active()?.getAttribute('role')).toBe('columnheader');
});

test('the grid tells its size, its order and its selection', async () => {
	await show({ view: { orderBy: [{ column: 'price', descending: true }], filters: [] } });
	expect(grid().getAttribute('aria-rowcount')).toBe(String(ROW_COUNT + 1));
	expect(grid().getAttribute('aria-colcount')).toBe('4');
	await expect.element(header('price')).toHaveAttribute('aria-sort', 'descending');
	await expect.element(header('id')).toHaveAttribute('aria-sort', 'none');
	await press('{Shift>}{ArrowDown}{ArrowRight}{/Shift}');
	expect(document.querySelectorAll('[role="gridcell"][aria-selected="true"]').length).toBe(4);
});

test('a null is a word in italics, an empty text is an empty cell, and breaks and bidi marks are pictures', async () => {
	await show();
	await expect.element(page.getByText('name 0', { exact: true })).toBeVisible();
	const cell = (row: number): Element | null =>
		document.querySelector(`[aria-rowindex="${row + 2}"] [aria-colindex="2"]`);
	expect(cell(1)?.textContent.trim()).toBe('');
	expect(cell(2)?.textContent.trim()).toBe('null');
	expect(getComputedStyle(cell(2) as Element).fontStyle).toBe('italic');
	expect(cell(3)?.textContent.trim()).toBe('two⏎lines ⟨U+202E⟩"x"');
});

test('64-bit integers and timestamps are shown exactly', async () => {
	await show();
	await expect.element(page.getByText('9007199254740993')).toBeVisible();
	await expect.element(page.getByText('2025-06-15 15:06:40.001')).toBeVisible();
});

test('a copied selection is tab-separated, with nulls empty and line breaks quoted', async () => {
	const kept = clipboard();
	await show();
	await press(
		'{ArrowDown}',
		'{ArrowRight}',
		'{Shift>}{ArrowDown}{ArrowDown}{ArrowRight}{/Shift}',
		'{Control>}c{/Control}'
	);
	await expect.poll(() => kept.text).toBe('\t0.25\n\t0.5\n"two\nlines \u202e""x"""\t0.75');
	await expect.element(page.getByRole('status')).toHaveTextContent('Copied 6 cells');
});

test('a selection that is too large is refused with its size', async () => {
	const kept = clipboard();
	await show();
	await press('{Control>}a{/Control}', '{Control>}c{/Control}');
	await expect.poll(() => page.getByRole('status').element().textContent).toContain('40,000,000 cells are too many');
	expect(kept.text).toBeNull();
});

test('a drag with the mouse selects a rectangle', async () => {
	await show();
	await expect.element(page.getByText('name 0', { exact: true })).toBeVisible();
	await page.getByText('name 0', { exact: true }).dropTo(page.getByText('0.75', { exact: true }));
	expect(document.querySelectorAll('[role="gridcell"][aria-selected="true"]').length).toBe(8);
});

test('a header sorts by click, Shift adds a key, and Enter does the same', async () => {
	const shown = await show();
	await header('price').getByRole('button', { name: 'price', exact: true }).click();
	expect(shown.views.at(-1)?.orderBy).toEqual([{ column: 'price', descending: false }]);
	await shown.show({ view: { orderBy: [{ column: 'price', descending: false }], filters: [] }, key: 'second' });
	expect(active()?.getAttribute('role')).toBe('columnheader');
	await press('{ArrowLeft}', '{Shift>}{Enter}{/Shift}');
	expect(shown.views.at(-1)?.orderBy).toEqual([
		{ column: 'price', descending: false },
		{ column: 'name', descending: false }
	]);
});

test('a filter is set from the column menu by keyboard, shown as a chip and removed there', async () => {
	const shown = await show();
	await press('{ArrowUp}', '{ArrowRight}', '{Alt>}{ArrowDown}{/Alt}');
	await expect.element(page.getByRole('menuitem', { name: 'Filter…' })).toBeVisible();
	await userEvent.keyboard('f');
	await userEvent.keyboard('{Enter}');
	await expect.element(page.getByRole('textbox', { name: 'Value' })).toHaveFocus();
	await userEvent.keyboard('name 12{Enter}');
	const filters = [{ column: 'name', operator: 'contains', value: 'name 12' }] as const;
	expect(shown.views.at(-1)?.filters).toEqual(filters);
	await shown.show({ view: { orderBy: [], filters }, key: 'second', rowCount: 11 });
	expect(document.activeElement).toBe(grid());
	await page.getByRole('button', { name: 'Remove filter name contains name 12' }).click();
	expect(shown.views.at(-1)?.filters).toEqual([]);
});

test('columns are hidden, shown and resized from the menu', async () => {
	await show();
	await press('{ArrowUp}', '{ArrowRight}', '{Alt>}{ArrowDown}{/Alt}');
	const before = header('name').element().getBoundingClientRect().width;
	await page.getByRole('menuitem', { name: 'Wider' }).click();
	await expect.poll(() => header('name').element().getBoundingClientRect().width).toBe(before + 24);
	await page.getByRole('menuitem', { name: 'Hide column' }).click();
	await expect.element(header('name')).not.toBeInTheDocument();
	await page.getByRole('button', { name: '1 column hidden · show' }).click();
	await expect.element(header('name')).toBeInTheDocument();
});

test('Enter opens the cell in full, and Escape returns to the grid', async () => {
	await show();
	await expect.element(page.getByText('name 0', { exact: true })).toBeVisible();
	await press('{ArrowDown}', '{ArrowDown}', '{ArrowDown}', '{ArrowRight}', '{Enter}');
	const dialog = page.getByRole('dialog', { name: 'name, row 4' });
	await expect.element(dialog).toBeVisible();
	expect(dialog.element().querySelector('pre')?.textContent).toBe('two\nlines ⟨U+202E⟩"x"');
	await userEvent.keyboard('{Escape}');
	await expect.element(dialog).not.toBeInTheDocument();
	await expect.poll(() => document.activeElement).toBe(grid());
});

test('profiles are read two at a time for columns in sight, and a sample becomes the full profile', async () => {
	const asked: string[] = [];
	const settle: (() => void)[] = [];
	await show({
		readProfile: (column, onProfile: (profile: ColumnProfile) => void) => {
			asked.push(column);
			onProfile(profileOf(column, 'sample'));
			return new Promise((resolve) => {
				settle.push(() => {
					resolve(ok(profileOf(column, 'full')));
				});
			});
		}
	});
	await expect.poll(() => asked).toEqual(['id', 'name']);
	await header('name').getByRole('button', { name: 'Profile of name' }).click();
	const dialog = page.getByRole('dialog', { name: 'Profile of name' });
	await expect.element(dialog.getByText('sample')).toBeVisible();
	for (const next of settle) next();
	await expect.element(dialog.getByText('all rows')).toBeVisible();
	await expect.element(dialog.getByText('10,000,000')).toBeVisible();
	await expect.poll(() => asked).toEqual(['id', 'name', 'price', 'at']);
	await expect.element(header('id')).toHaveAccessibleName('id, BIGINT, 0 % null, about 42 distinct, from 1 to 9');
});

test('a window that fails is told once and does not stop the others', async () => {
	let broken = true;
	const shown = await show({
		readWindow: (startRow, endRow) =>
			broken ? Promise.resolve(err({ kind: 'out-of-memory' })) : readRows(startRow, endRow)
	});
	await expect.poll(() => shown.failures).toEqual([{ kind: 'out-of-memory' }]);
	broken = false;
	await press('{Control>}{End}{/Control}');
	await expect.element(page.getByText('name 9999999')).toBeVisible();
	await press('{Control>}{Home}{/Control}');
	await expect.element(page.getByText('name 0', { exact: true })).toBeVisible();
	expect(shown.failures).toHaveLength(1);
});

test('rows that arrive while they stream fill the page they belong to', async () => {
	const shown = await show({ rowCount: 3, done: false });
	await expect.element(page.getByText('name 0', { exact: true })).toBeVisible();
	expect(grid().getAttribute('aria-rowcount')).toBe('-1');
	await shown.show({ rowCount: 8, done: true });
	await expect.element(page.getByText('name 7', { exact: true })).toBeVisible();
	expect(grid().getAttribute('aria-rowcount')).toBe('9');
});

test('rows scrolled past are not asked for', async () => {
	const asked: number[] = [];
	const answer: (() => void)[] = [];
	await show({
		readWindow: (startRow, endRow) => {
			asked.push(startRow);
			return new Promise((resolve) => answer.push(() => void readRows(startRow, endRow).then(resolve)));
		}
	});
	const range = grid().scrollHeight;
	for (let step = 1; step <= 20; step++) {
		grid().scrollTop = (range * step) / 20;
		await new Promise((resolve) => requestAnimationFrame(resolve));
	}
	for (let round = 0; round < 6; round++) {
		for (const next of answer.splice(0)) next();
		await new Promise((resolve) => setTimeout(resolve, 20));
	}
	await expect.element(page.getByText('name 9999999')).toBeVisible();
	expect(asked.length).toBeLessThan(6);
});

test('an empty result says so', async () => {
	await show({ rowCount: 0 });
	await expect.element(page.getByText('No rows', { exact: true })).toBeVisible();
});
