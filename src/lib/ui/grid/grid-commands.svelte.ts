// What keys and presses do in a grid besides editing: the active cell moves, cells are copied, and the panel of a column or a cell opens.
import type { CellEditing } from './cell-editing.svelte.ts';
import type { CellSelection } from './cell-selection.svelte.ts';
import { selectionText } from './copy-selection.ts';
import { cellReader } from './edited-cells.ts';
import type { GridColumn, GridColumns } from './grid-columns.svelte.ts';
import { indexAt } from './grid-geometry.ts';
import type { GridProps } from './grid-props.ts';
import type { GridScroll } from './grid-scroll.svelte.ts';
import { countText } from './profile-text.ts';
import { cellCount, HEADER_ROW, keyCommand } from './selection.ts';
import { cycleOrder } from './view-change.ts';

/** What is open of a column or a cell. */
export type Panel = {
	readonly kind: 'menu' | 'filter' | 'profile' | 'cell';
	readonly column: GridColumn;
	readonly anchor: DOMRect;
};

type Ground = {
	readonly columns: GridColumns;
	readonly scroll: GridScroll;
	readonly selection: CellSelection;
	readonly cells: CellEditing;
	readonly props: () => GridProps;
	/** Of rows in sight. */
	readonly rowCount: () => number;
	/** Where the active cell is drawn. */
	readonly activeBox: () => DOMRect;
	readonly focus: () => void;
};

export class GridCommands {
	readonly #ground: Ground;
	#panel = $state.raw<Panel | null>(null);
	#notice = $state('');

	constructor(ground: Ground) {
		this.#ground = ground;
	}

	get panel(): Panel | null {
		return this.#panel;
	}
	/** What is told of the last command; empty where nothing is. */
	get notice(): string {
		return this.#notice;
	}

	show(panel: Panel | null): void {
		this.#panel = panel;
	}

	tell(text: string): void {
		this.#notice = text;
	}

	/** Focus returns to the grid, unless a person has already taken it elsewhere. */
	closePanel(): void {
		this.#panel = null;
		const focused = document.activeElement;
		if (focused === null || focused === document.body || focused.closest('[popover]') !== null) this.#ground.focus();
	}

	/** Pressed while the grid itself has the focus. */
	takeKey(event: KeyboardEvent): void {
		const { columns, scroll, selection, cells, props } = this.#ground;
		if (columns.visible.length === 0 || cells.takeKey(event)) return;
		const command = keyCommand(event, selection.active, selection.size, scroll.pageRows);
		if (command === null) return;
		const { view, onview } = props();
		const column = columns.visible[selection.active.column];
		const inHeader = selection.active.row === HEADER_ROW;
		event.preventDefault();
		switch (command.kind) {
			case 'move':
				selection.activate(command.cell, command.extend);
				break;
			case 'select-all':
				selection.selectAll();
				break;
			case 'copy':
				void this.copy();
				break;
			case 'open':
				this.#open(inHeader ? 'profile' : 'cell', column);
				break;
			case 'open-menu':
				this.#open('menu', column);
				break;
			case 'sort':
				if (column !== undefined) onview(cycleOrder(view, column.name, command.add));
				break;
			case 'clear':
				selection.collapse();
				break;
		}
	}

	/** On a cell: it is edited, or where it is only read it is shown whole. */
	takeDoublePress(event: MouseEvent): void {
		const { columns, scroll, selection, cells, props, rowCount } = this.#ground;
		if (!(event.target instanceof Element) || rowCount() === 0) return;
		const { row, xPx } = scroll.cellAt(event.clientX, event.clientY);
		if (event.target.closest('[role="columnheader"], [role="rowheader"]') !== null || row >= rowCount()) return;
		selection.activate({ row, column: indexAt(columns.edges, xPx) }, false);
		if (props().editing) cells.edit(null);
		else this.#open('cell', columns.visible[selection.active.column]);
	}

	async copy(): Promise<void> {
		const { columns, selection, props, rowCount } = this.#ground;
		const { area } = selection;
		if (rowCount() === 0 || selection.active.row === HEADER_ROW) return;
		const { readWindow, editing = null, onfailure } = props();
		const names = columns.all.map(({ name }) => name);
		const shown = columns.visible.map(({ index }) => index);
		const answer = await selectionText(cellReader(readWindow, editing, names), area, shown);
		if (answer.ok) {
			await navigator.clipboard.writeText(answer.value);
			this.#notice = cellCount(area) === 1 ? 'Copied 1 cell' : `Copied ${countText(cellCount(area))} cells`;
		} else if (answer.error.kind === 'selection-too-large') {
			this.#notice = `${countText(answer.error.cells)} cells are too many to copy (at most ${countText(answer.error.limit)}). Export them instead.`;
		} else {
			onfailure(answer.error);
		}
	}

	#open(kind: Panel['kind'], column: GridColumn | undefined): void {
		if (column !== undefined) this.#panel = { kind, column, anchor: this.#ground.activeBox() };
	}
}
