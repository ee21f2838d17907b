// Editing in a grid: the cell whose text is typed, and what keys and pasted blocks do to cells.
import type { CellTexts } from '#core/version/row-edits.ts';
import type { WorkingStep } from '#core/version/working-copy.ts';
import type { HeldRow } from './edited-cells.ts';
import type { GridColumn } from './grid-columns.svelte.ts';
import type { GridEditing } from './grid-props.ts';
import { parseBlock } from './paste-block.ts';
import { countText } from './profile-text.ts';
import { cellCount, HEADER_ROW, rectangle, type Cell, type Rectangle, type Selection } from './selection.ts';

export type EditedCell = {
	/** The place of the row and of the column in sight. */
	readonly row: number;
	readonly place: number;
	readonly column: GridColumn;
	/** What the editor begins with. */
	readonly text: string;
	/** Typing began it: what was there is replaced. */
	readonly isTyped: boolean;
	/** What is wrong with the text that was accepted last; empty when nothing is. */
	readonly problem: string;
	readonly isPending: boolean;
};

/** More is an import's work. */
const MAX_CELLS = 100_000;

export type Move = 'down' | 'up' | 'right' | 'left' | 'stay';

/** The grid that is edited, as it stands when it is asked. */
export type EditedGrid = {
	/** Null where cells are only read; `note` is what is then said of typing, if it is not empty. */
	editing(): GridEditing | null;
	note(): string;
	/** Visible ones. */
	columns(): readonly GridColumn[];
	selection(): Selection;
	/** The row in sight at a place; null while it is not here. */
	heldAt(row: number): HeldRow | null;
	/** Makes a cell the active one and brings it into sight. */
	activate(cell: Cell): void;
	focus(): void;
	tell(notice: string): void;
};

export class CellEditing {
	#cell = $state.raw<EditedCell | null>(null);
	readonly #grid: EditedGrid;

	constructor(grid: EditedGrid) {
		this.#grid = grid;
	}

	/** Takes a key that is one of editing's, by the ARIA grid pattern and as spreadsheets have it. */
	takeKey(event: KeyboardEvent): boolean {
		const isTaken = this.#isTaken(event);
		if (isTaken) event.preventDefault();
		return isTaken;
	}

	takePaste(event: ClipboardEvent): void {
		const text = event.clipboardData?.getData('text/plain') ?? '';
		const selection = this.#grid.selection();
		if (text === '' || selection.active.row === HEADER_ROW) return;
		event.preventDefault();
		if (this.#grid.editing() !== null) this.#paste(text, rectangle(selection));
		else if (this.#grid.note() !== '') this.#grid.tell(this.#grid.note());
	}

	/** Null while none is typed. */
	get cell(): EditedCell | null {
		return this.#cell;
	}

	/** Opens the active cell; `typed` replaces its text. */
	edit(typed: string | null): void {
		const { active } = this.#grid.selection();
		this.#grid.activate(active);
		const column = this.#grid.columns()[active.column];
		const held = this.#grid.heldAt(active.row);
		const editing = this.#grid.editing();
		if (!editing || !column || !held) return;
		if (editing.row(active.row).isRemoved) return this.#grid.tell('This row is to be removed. Undo that to edit it.');
		const text = typed ?? held.cells.text(held.index, column.index) ?? '';
		const { row, column: place } = active;
		this.#cell = { row, place, column, text, isTyped: typed !== null, problem: '', isPending: false };
	}

	close(): void {
		this.#cell = null;
	}

	/** Where the text is not taken, the editor stays open and says why. */
	async accept(text: string, move: Move): Promise<void> {
		const cell = this.#cell;
		const editing = this.#grid.editing();
		// Taken already: an editor that goes away tells so once more, as its field loses the focus.
		if (!cell || cell.isPending || !editing) return;
		if (text !== cell.text || cell.isTyped) {
			this.#cell = { ...cell, text, isTyped: true, isPending: true, problem: '' };
			const value = text === '' && cell.column.type !== 'VARCHAR' ? null : text;
			const { id } = editing.row(cell.row);
			const rows = [{ row: id, cells: { [cell.column.name]: value } }];
			const problem = await editing.take([{ kind: 'set', rows }]);
			if (problem !== null) {
				this.#cell = { ...cell, text, isTyped: true, isPending: false, problem };
				return;
			}
		}
		this.#cell = null;
		if (move === 'stay') return;
		const down = move === 'down' ? 1 : move === 'up' ? -1 : 0;
		const right = move === 'right' ? 1 : move === 'left' ? -1 : 0;
		this.#grid.activate({ row: Math.max(0, cell.row + down), column: cell.place + right });
		this.#grid.focus();
	}

	#isTaken(event: KeyboardEvent): boolean {
		const { key, altKey, shiftKey } = event;
		const control = event.ctrlKey || event.metaKey;
		const isTyped = key.length === 1 && !control && !altKey && !(key === ' ' && shiftKey);
		const selection = this.#grid.selection();
		const editing = this.#grid.editing();
		if (selection.active.row === HEADER_ROW) return false;
		if (editing === null) {
			const note = this.#grid.note();
			if (isTyped && note !== '') this.#grid.tell(note);
			return isTyped && note !== '';
		}
		if (control && !altKey && ['z', 'y'].includes(key.toLowerCase())) {
			const again = shiftKey || key.toLowerCase() === 'y';
			if (!(again ? editing.canRedo : editing.canUndo)) return false;
			if (again) editing.redo();
			else editing.undo();
			// The page's own undo is another one.
			event.stopPropagation();
			return true;
		}
		if (control || altKey || editing.rowCount === 0) return false;
		if (key === 'Delete' || key === 'Backspace') this.#clear(rectangle(selection));
		else if (isTyped || key === 'F2' || (key === 'Enter' && !shiftKey)) this.edit(isTyped ? key : null);
		else return false;
		return true;
	}

	/** Makes the selected cells null. */
	#clear(area: Rectangle): void {
		const names = this.#namesIn(area);
		const cells = Object.fromEntries(names.map((name) => [name, null]));
		this.#take(
			this.#setStep(area, () => cells),
			`${this.#cellsText(area)} made null`
		);
	}

	/** Puts a block at the selection's corner; one cell fills the selection. Rows that go beyond the end are added. */
	#paste(text: string, area: Rectangle): void {
		const editing = this.#grid.editing();
		if (!editing) return;
		const block = parseBlock(text);
		const [first = []] = block;
		const isFill = block.length === 1 && first.length === 1;
		const width = isFill ? area.right - area.left + 1 : Math.max(...block.map((row) => row.length));
		const height = isFill ? area.bottom - area.top + 1 : block.length;
		const missing = area.left + width - this.#grid.columns().length;
		if (missing > 0)
			return this.#grid.tell(`Not pasted: there are ${countText(missing)} columns too few for the block.`);
		if (width * height > MAX_CELLS)
			return this.#grid.tell(
				`${countText(width * height)} cells are too many to paste (at most ${countText(MAX_CELLS)}). Import them instead.`
			);
		const target = { ...area, right: area.left + width - 1, bottom: area.top + height - 1 };
		const names = this.#namesIn(target);
		const row = (at: number): CellTexts => {
			const given = isFill ? first : (block[at] ?? []);
			return Object.fromEntries(
				names.flatMap((name, index) => {
					const cell = isFill ? first[0] : given[index];
					return cell === undefined ? [] : [[name, cell === '' ? null : cell]];
				})
			);
		};
		const inside = { ...target, bottom: Math.min(target.bottom, editing.rowCount - 1) };
		const added = Array.from({ length: Math.max(0, target.bottom - inside.bottom) }, (_, at) =>
			row(height - (target.bottom - inside.bottom) + at)
		);
		const steps: WorkingStep[] = inside.bottom < inside.top ? [] : this.#setStep(inside, (at) => row(at - area.top));
		if (added.length > 0) steps.push({ kind: 'add', before: editing.endRow, rows: added });
		this.#take(steps, `Pasted ${this.#cellsText(target)}`);
	}

	#setStep(area: Rectangle, cells: (row: number) => CellTexts): WorkingStep[] {
		const editing = this.#grid.editing();
		if (!editing || cellCount(area) > MAX_CELLS) {
			this.#grid.tell(
				`${countText(cellCount(area))} cells are too many to change at once (at most ${countText(MAX_CELLS)}).`
			);
			return [];
		}
		const rows = Array.from({ length: area.bottom - area.top + 1 }, (_, at) => ({
			row: editing.row(area.top + at).id,
			cells: cells(area.top + at)
		}));
		return [{ kind: 'set', rows }];
	}

	#take(steps: readonly WorkingStep[], done: string): void {
		if (steps.length === 0) return;
		void this.#grid
			.editing()
			?.take(steps)
			.then((problem) => this.#grid.tell(problem === null ? done : `Nothing was changed. ${problem}`));
	}

	#namesIn({ left, right }: Rectangle): readonly string[] {
		return this.#grid
			.columns()
			.slice(left, right + 1)
			.map(({ name }) => name);
	}

	#cellsText(area: Rectangle): string {
		const count = cellCount(area);
		return count === 1 ? '1 cell' : `${countText(count)} cells`;
	}
}
