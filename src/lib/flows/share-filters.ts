// What readers of a share need to filter it: for each chart in which something can be marked, the groups of the blocks beside it.
import type { Failure } from '../core/failure.ts';
import type { ResultId } from '../core/ids.ts';
import type { Edition } from '../core/report/edition.ts';
import type { ChartBlock, InputValue, Report } from '../core/report/report.ts';
import { ok, type Result } from '../core/result.ts';
import { sharedCube, sharedGrid, type SharedFilter } from '../core/share/shared-filter.ts';
import type { Effects } from './effects.ts';
import { indexReport } from './index-report.ts';
import type { RenderedEdition } from './render-report.ts';
import type { SeenRows } from './report-rows.ts';

/** Of all groups together, before they are packed. */
const FILTER_BYTES = 2 * 1024 * 1024;
/** A span goes by so many steps: what is shared is no finer than a drawing. */
const CELLS = 128;

export type FilterInput = {
	/** Of the engine's answers. */
	readonly id: ResultId;
	/** As it was rendered, of the versions that are asked again. */
	readonly edition: RenderedEdition;
	readonly signal?: AbortSignal | undefined;
	/** 0..1 */
	readonly onProgress?: (done: number) => void;
};

/** Numbers of blocks are the edition's. A chart beside which nothing can be added up has none. */
export async function shareFilters(
	{ id, edition, signal, onProgress }: FilterInput,
	effects: Effects
): Promise<Result<readonly SharedFilter[], Failure>> {
	const report = reportOf(edition);
	const chosen = new Map(
		edition.blocks.flatMap((one): [string, InputValue][] =>
			'value' in one ? [[one.block.name.toLowerCase(), one.value]] : []
		)
	);
	const pins = new Map(edition.sources.map(({ name, version }) => [name.toLowerCase(), version]));
	const seen: SeenRows = new Map();
	const charts = report.blocks.flatMap((block, at) => (isMarkable(block) ? [{ active: block, at }] : []));
	const filters: SharedFilter[] = [];
	const sizeBytes = Math.floor(FILTER_BYTES / Math.max(1, charts.length));
	for (const [number, { active, at }] of charts.entries()) {
		const indexed = await indexReport(
			{ ...{ id, report, chosen, seen, pins, active, edition, signal }, limits: { sizeBytes, cells: CELLS } },
			effects
		);
		if (!indexed.ok) return indexed;
		onProgress?.((number + 1) / charts.length);
		if (!indexed.value) continue;
		const { grid, cubes, left } = indexed.value;
		// What there is to choose in an input is nothing that readers get.
		const isShown = (block: number): boolean => report.blocks[block]?.kind !== 'input';
		const shown = [...cubes].filter(([block]) => isShown(block));
		const shared = shown.map(([block, own]) => ({
			block,
			cubes: own.map(({ cube }, ask) => sharedCube(cube, block, ask))
		}));
		const whole = shared.flatMap((one) => {
			const told = one.cubes.flatMap((cube) => cube ?? []);
			return told.length === one.cubes.length ? told : [];
		});
		const others = shared.flatMap((one) => (one.cubes.includes(null) ? [one.block] : []));
		if (whole.length > 0)
			filters.push({ at, grid: sharedGrid(grid), cubes: whole, left: [...left.filter(isShown), ...others] });
	}
	return ok(filters);
}

function reportOf({ title, description, layout, blocks }: Edition<{ readonly kind: string }>): Report {
	return { title, description, layout, blocks: blocks.map(({ block }) => block) };
}

function isMarkable(block: Report['blocks'][number]): block is ChartBlock {
	return block.kind === 'chart' && block.brush !== 'none' && block.type !== 'points' && block.type !== 'regions';
}
