// Charts that suit chosen columns of a version, the most telling first, each with why. What rows hold is told by the columns' statistics alone.
import { typeFamily } from '../sql/types.ts';
import type { ChartBlock, ChartType, Measure } from './report.ts';

/** `distinct` may be an estimate; `low` and `high` are null where values have no order that counts. */
export type ProposedColumn = {
	readonly name: string;
	readonly type: string;
	readonly distinct: number;
	readonly nullRatio: number;
	readonly low: number | null;
	readonly high: number | null;
};

export type ProposedChart = {
	readonly block: Pick<ChartBlock, 'type' | 'x' | 'y' | 'color' | 'facet' | 'isHorizontal' | 'isStacked'>;
	readonly title: string;
	readonly reason: string;
};

type Role = 'measure' | 'time' | 'category' | 'place' | 'many' | 'useless';
type Known = ProposedColumn & { readonly role: Role };

export const COLOURS_MAX = 8;
const FACETS_MAX = 24;
const BARS_MAX = 60;
const PROPOSED_MAX = 8;
const ROWS: Measure = { kind: 'aggregate', aggregate: 'count', column: null };

export function proposeCharts(columns: readonly ProposedColumn[]): readonly ProposedChart[] {
	const known = columns.map((column): Known => ({ ...column, role: roleOf(column) }));
	const of = (role: Role): readonly Known[] => known.filter((column) => column.role === role);
	const [times, measures, categories, places] = [of('time'), of('measure'), of('category'), of('place')];
	const charts: (ProposedChart & { readonly score: number })[] = [];
	const add = (
		score: number,
		type: ChartType,
		given: Partial<ProposedChart['block']>,
		title: string,
		reason: string
	): void => {
		const block = { type, x: null, y: [], color: null, facet: null, isHorizontal: false, isStacked: false, ...given };
		charts.push({ score, block, title, reason });
	};
	const mean = (column: Known): Measure => ({ kind: 'aggregate', aggregate: 'avg', column: column.name });
	const raw = (column: Known): Measure => ({ kind: 'column', column: column.name });
	const few = (column: Known): boolean => column.distinct >= 2 && column.distinct <= COLOURS_MAX;

	const [longitude, latitude] = [/^(lon|lng|long|longitude)$/i, /^(lat|latitude)$/i].map((name) =>
		known.find((column) => name.test(column.name) && typeFamily(column.type) === 'number')
	);
	if (longitude && latitude && isWithin(longitude, 180) && isWithin(latitude, 90))
		add(
			95,
			'points',
			{ x: longitude.name, y: [raw(latitude)] },
			`Where: ${longitude.name} and ${latitude.name}`,
			'The columns are longitudes and latitudes.'
		);
	for (const place of places) {
		const measure = measures[0];
		add(
			80,
			'regions',
			{ x: place.name, y: [measure ? mean(measure) : ROWS] },
			`${measure ? `Mean of ${measure.name}` : 'Rows'} on the map`,
			`${place.name} names countries.`
		);
	}
	for (const time of times) {
		const color = categories.find(few);
		for (const measure of measures.slice(0, 3)) {
			add(
				90,
				'line',
				{ x: time.name, y: [mean(measure)] },
				`${measure.name} over time`,
				`${time.name} is a time, and ${measure.name} a number.`
			);
			if (color)
				add(
					88,
					'line',
					{ x: time.name, y: [mean(measure)], color: color.name },
					`${measure.name} over time by ${color.name}`,
					`${color.name} has ${color.distinct} values: few enough to tell lines apart.`
				);
		}
		add(
			measures.length === 0 ? 90 : 60,
			'line',
			{ x: time.name, y: [ROWS] },
			`Rows over ${time.name}`,
			'How many rows there are shows gaps and bursts.'
		);
		if (measures.length === 0 && color)
			add(
				82,
				'area',
				{ x: time.name, y: [ROWS], color: color.name, isStacked: true },
				`Rows over ${time.name} by ${color.name}`,
				`Parts of a whole over time: ${color.name} has ${color.distinct} values.`
			);
	}
	for (const category of categories) {
		const isHorizontal = category.distinct > 12;
		const measure = measures[0];
		if (measure) {
			add(
				75,
				'bar',
				{ x: category.name, y: [mean(measure)], isHorizontal },
				`Mean of ${measure.name} by ${category.name}`,
				`${category.name} has ${category.distinct} values to compare.`
			);
			if (category.distinct <= FACETS_MAX)
				add(
					70,
					'box',
					{ x: category.name, y: [raw(measure)] },
					`${measure.name} by ${category.name}`,
					'Boxes show how far the values spread, which a mean hides.'
				);
		}
		add(
			measure ? 55 : 78,
			'bar',
			{ x: category.name, y: [ROWS], isHorizontal },
			`Rows by ${category.name}`,
			`${category.name} has ${category.distinct} values to count.`
		);
	}
	const [first, second] = measures;
	if (first && second) {
		const color = categories.find(few);
		add(
			85,
			'scatter',
			{ x: first.name, y: [raw(second)], color: color?.name ?? null },
			`${first.name} and ${second.name}`,
			'Two numbers of each row: whether one goes with the other.'
		);
	}
	const [one, other] = categories;
	if (one && other)
		add(
			65,
			'heatmap',
			{ x: one.name, y: [raw(other)] },
			`Rows by ${one.name} and ${other.name}`,
			'How often two values come together.'
		);
	for (const measure of measures)
		add(
			72,
			'histogram',
			{ x: measure.name },
			`Distribution of ${measure.name}`,
			`${measure.name} is a number with many values.`
		);
	const nulls = (chart: ProposedChart): number =>
		known.filter(({ name }) => chart.block.x === name).reduce((sum, { nullRatio }) => sum + 40 * nullRatio, 0);
	return charts
		.map((chart) => ({ ...chart, score: chart.score - nulls(chart) }))
		.sort((a, b) => b.score - a.score)
		.slice(0, PROPOSED_MAX)
		.map(({ block, title, reason }) => ({ block, title, reason }));
}

/** A number with few values is a category, one that is different in each row and named so is a key, which no chart is of. */
function roleOf({ name, type, distinct, nullRatio }: ProposedColumn): Role {
	if (nullRatio >= 1 || distinct < 1) return 'useless';
	const family = typeFamily(type);
	if (/(^|_)(lon|lng|long|longitude|lat|latitude)$/i.test(name)) return 'useless';
	if (family === 'date') return distinct > 1 ? 'time' : 'useless';
	if (family === 'number') {
		if (/(^|_)(id|key|uuid)$/i.test(name)) return 'useless';
		const isWhole = /INT/.test(type);
		return isWhole && distinct <= COLOURS_MAX ? 'category' : 'measure';
	}
	if (family === 'boolean') return 'category';
	if (family !== 'text') return 'useless';
	if (/^(country|country_?code|iso|iso_?[23]|nation)$/i.test(name) && distinct > 1) return 'place';
	return distinct <= BARS_MAX ? 'category' : 'many';
}

function isWithin({ low, high }: Known, limit: number): boolean {
	return low !== null && high !== null && low >= -limit && high <= limit;
}
