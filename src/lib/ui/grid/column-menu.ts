// What a column's menu offers, in groups.
import type { GridView } from '#core/sql/relation.ts';
import type { ColumnAction } from './grid-props.ts';
import type { GridColumn, GridColumns } from './grid-columns.svelte.ts';
import { clearFilter, filterOf, orderOf, setOrder } from './view-change.ts';

export type MenuEntry = ColumnAction & {
	/** The menu stays open, for what is pressed again and again. */
	readonly keepOpen?: boolean;
	readonly checked?: boolean;
	readonly disabled?: boolean;
};

type MenuInput = {
	readonly column: GridColumn;
	readonly columns: GridColumns;
	readonly view: GridView;
	readonly onview: (view: GridView) => void;
	readonly onfilter: () => void;
	/** Null where the grid shows no profiles. */
	readonly onprofile: (() => void) | null;
	readonly onfit: () => void;
	readonly actions: readonly ColumnAction[];
};

const STEP_PX = 24;

export function columnMenu(input: MenuInput): readonly (readonly MenuEntry[])[] {
	const { column, columns, view, onview, onfilter, onprofile, onfit, actions } = input;
	const order = orderOf(view, column.name);
	const sort = (label: string, descending: boolean | null): MenuEntry => ({
		label,
		checked: order === null ? descending === null : order.descending === descending,
		run: () => {
			onview(setOrder(view, column.name, descending, view.orderBy.length > 1));
		}
	});
	const resize = (label: string, stepPx: number): MenuEntry => ({
		label,
		keepOpen: true,
		run: () => {
			const now = columns.all[column.index] ?? column;
			columns.resize([{ column: now, widthPx: now.widthPx + stepPx }]);
		}
	});
	const filter: MenuEntry[] = [{ label: 'Filter…', run: onfilter }];
	if (filterOf(view, column.name) !== null) {
		filter.push({
			label: 'Remove filter',
			run: () => {
				onview(clearFilter(view, column.name));
			}
		});
	}
	const hide: MenuEntry[] = [
		{
			label: 'Hide column',
			disabled: columns.visible.length === 1,
			run: () => {
				columns.hide(column);
			}
		}
	];
	for (const hidden of columns.hidden.slice(0, 8)) {
		hide.push({
			label: `Show ${hidden.name}`,
			run: () => {
				columns.show(hidden);
			}
		});
	}
	return [
		[sort('Sort ascending', false), sort('Sort descending', true), sort('Not sorted', null)],
		onprofile === null ? filter : [...filter, { label: 'Profile', run: onprofile }],
		[resize('Wider', STEP_PX), resize('Narrower', -STEP_PX), { label: 'Fit to content', keepOpen: true, run: onfit }],
		hide,
		actions
	];
}
