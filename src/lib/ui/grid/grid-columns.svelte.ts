// Which columns a grid shows, and how wide. Widths belong to a name and type, so they outlive a query that runs again.
import type { Column } from '#core/version/version.ts';
import { clampWidth, leftEdges } from './grid-geometry.ts';
import { typeFamily, type TypeFamily } from './type-family.ts';

export type GridColumn = {
	/** Its place among all columns, hidden ones included; names may repeat. */
	readonly index: number;
	readonly name: string;
	readonly type: string;
	readonly family: TypeFamily;
	readonly widthPx: number;
};

const FIRST_WIDTH_PX: Readonly<Record<TypeFamily, number>> = {
	number: 112,
	text: 176,
	boolean: 96,
	date: 112,
	time: 112,
	timestamp: 192,
	interval: 144,
	list: 208,
	struct: 240,
	binary: 176,
	other: 160
};

export class GridColumns {
	readonly #columns: () => readonly Column[];
	#widths = $state.raw<ReadonlyMap<string, number>>(new Map());
	#hidden = $state.raw<ReadonlySet<string>>(new Set());

	readonly all: readonly GridColumn[] = $derived.by(() =>
		this.#columns().map(({ name, type }, index) => {
			const family = typeFamily(type);
			const widthPx = this.#widths.get(identity({ name, type, index })) ?? FIRST_WIDTH_PX[family];
			return { index, name, type, family, widthPx };
		})
	);
	readonly visible: readonly GridColumn[] = $derived.by(() => {
		const shown = this.all.filter((column) => !this.#hidden.has(identity(column)));
		return shown.length === 0 ? this.all.slice(0, 1) : shown;
	});
	readonly hidden: readonly GridColumn[] = $derived(this.all.filter((column) => !this.visible.includes(column)));
	readonly edges: readonly number[] = $derived(leftEdges(this.visible.map(({ widthPx }) => widthPx)));

	constructor(columns: () => readonly Column[]) {
		this.#columns = columns;
	}

	/** True once a person or a fit has given the column a width. */
	isSized(column: GridColumn): boolean {
		return this.#widths.has(identity(column));
	}

	resize(sizes: readonly { readonly column: GridColumn; readonly widthPx: number }[]): void {
		const widths = new Map(this.#widths);
		for (const { column, widthPx } of sizes) widths.set(identity(column), clampWidth(widthPx));
		this.#widths = widths;
	}

	hide(column: GridColumn): void {
		if (this.visible.length > 1) this.#hidden = new Set([...this.#hidden, identity(column)]);
	}

	show(column: GridColumn): void {
		this.#hidden = new Set([...this.#hidden].filter((hidden) => hidden !== identity(column)));
	}

	showAll(): void {
		this.#hidden = new Set();
	}
}

function identity({ name, type, index }: Pick<GridColumn, 'name' | 'type' | 'index'>): string {
	return `${index}\n${name}\n${type}`;
}
