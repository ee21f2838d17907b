// Charts of every kind over made rows: what tests draw, tell in words and look at.
import type { CellType, CellValue, EditionTable } from '#core/report/edition.ts';
import type { ChartBlock, ChartType, Measure } from '#core/report/report.ts';
import { seeded } from './seeded.ts';

export type ChartSample = { readonly block: ChartBlock; readonly table: EditionTable };

export function chartBlock(type: ChartType, change: Partial<ChartBlock> = {}): ChartBlock {
	return {
		kind: 'chart',
		type,
		from: 'rows',
		x: null,
		y: [],
		shapes: null,
		color: null,
		facet: null,
		size: null,
		grain: null,
		bins: null,
		isStacked: false,
		isHorizontal: false,
		hasPoints: false,
		order: '-y',
		limit: null,
		title: null,
		subtitle: null,
		caption: null,
		xLabel: null,
		yLabel: null,
		unit: null,
		xFormat: null,
		yFormat: null,
		yScale: 'linear',
		isFromZero: false,
		annotations: [],
		brush: 'none',
		height: null,
		span: 12,
		place: { line: 1, column: 1, from: 0, to: 0 },
		...change
	};
}

export const column = (name: string): Measure => ({ kind: 'column', column: name });
export const avg = (name: string): Measure => ({ kind: 'aggregate', aggregate: 'avg', column: name });

export function chartRows(columns: Readonly<Record<string, readonly [CellType, readonly CellValue[]]>>): EditionTable {
	const told = Object.entries(columns).map(([name, [type, values]]) => ({ name, type, values }));
	return { rowCount: told[0]?.values.length ?? 0, columns: told };
}

export const counted = <T>(count: number, of: (at: number) => T): T[] =>
	Array.from({ length: count }, (_, at) => of(at));

const DAY = 86_400_000;
const START = Date.UTC(2025, 0, 1);
const random = seeded(8);
const noise = (): number => random() - 0.5;
const stations = ['Basel', 'Köln', 'Rotterdam'];

const daily = counted(360, (at) => ({
	day: START + Math.floor(at / 3) * DAY,
	station: stations[at % 3] ?? '',
	level: 2 + (at % 3) * 1.4 + Math.sin(at / 40) + noise() * 0.4
}));

export const samples: Readonly<Record<string, ChartSample>> = {
	line: {
		block: chartBlock('line', {
			x: 'day',
			y: [avg('level')],
			color: 'station',
			title: 'Water level',
			subtitle: 'Daily mean at three stations',
			unit: 'm',
			caption: 'Source: made rows'
		}),
		table: chartRows({
			x: ['date', daily.map(({ day }) => day)],
			y: ['number', daily.map(({ level }, at) => (at > 150 && at < 180 && at % 3 === 1 ? null : level))],
			color: ['text', daily.map(({ station }) => station)]
		})
	},
	points: {
		block: chartBlock('line', {
			x: 'month',
			y: [avg('price')],
			title: 'Price by month',
			yFormat: 'currency EUR',
			hasPoints: true,
			annotations: [
				{ axis: 'y', from: 30, to: null, text: 'Target' },
				{ axis: 'x', from: '2025-05-01', to: '2025-08-01', text: 'Summer' }
			]
		}),
		table: chartRows({
			x: ['date', counted(12, (at) => Date.UTC(2025, at, 1))],
			y: ['number', counted(12, (at) => 24 + at * 1.1 + noise() * 6)]
		})
	},
	area: {
		block: chartBlock('area', {
			x: 'hour',
			y: [{ kind: 'aggregate', aggregate: 'count', column: null }],
			color: 'kind',
			isStacked: true,
			title: 'Requests an hour'
		}),
		table: chartRows({
			x: ['time', counted(144, (at) => START + Math.floor(at / 3) * 3_600_000)],
			y: ['number', counted(144, (at) => Math.round(120 + 80 * Math.sin(at / 12) + (at % 3) * 60 + noise() * 30))],
			color: ['text', counted(144, (at) => ['page', 'image', 'call'][at % 3] ?? '')]
		})
	},
	bar: {
		block: chartBlock('bar', {
			x: 'country',
			y: [{ kind: 'aggregate', aggregate: 'sum', column: 'sales' }],
			title: 'Sales by country',
			yFormat: 'short',
			brush: 'x'
		}),
		table: chartRows({
			x: ['text', ['Germany', 'France', 'Netherlands', 'Switzerland', 'Austria', 'Belgium', null]],
			y: ['number', [1_820_000, 1_240_500, 903_100, 611_000, 402_000, 377_300, 21_000]]
		})
	},
	grouped: {
		block: chartBlock('bar', {
			x: 'quarter',
			y: [avg('margin')],
			color: 'shop',
			title: 'Margin by quarter',
			yFormat: 'percent',
			order: 'x'
		}),
		table: chartRows({
			x: ['text', counted(8, (at) => `Q${Math.floor(at / 2) + 1}`)],
			y: ['number', [0.12, 0.08, 0.16, -0.03, 0.2, 0.05, -0.06, 0.11]],
			color: ['text', counted(8, (at) => (at % 2 === 0 ? 'North' : 'South'))]
		})
	},
	lying: {
		block: chartBlock('bar', {
			x: 'cause',
			y: [{ kind: 'aggregate', aggregate: 'count', column: null }],
			isHorizontal: true,
			title: 'Why rows were refused'
		}),
		table: chartRows({
			x: [
				'text',
				[
					'Not a date',
					'Missing value',
					'A very long reason that no margin has room for, told in full in the tooltip',
					'Too many fields',
					'Not a number'
				]
			],
			y: ['number', [4821, 3190, 1204, 398, 77]]
		})
	},
	histogram: {
		block: chartBlock('histogram', { x: 'reading', title: 'Distribution of readings', brush: 'x' }),
		table: chartRows({
			x: ['number', counted(24, (at) => at * 5)],
			x2: ['number', counted(24, (at) => at * 5 + 5)],
			y: ['number', counted(24, (at) => Math.round(900 * Math.exp(-((at - 9) ** 2) / 22)))]
		})
	},
	scatter: {
		block: chartBlock('scatter', {
			x: 'weight',
			y: [column('length')],
			color: 'kind',
			title: 'Weight and length',
			brush: 'xy'
		}),
		table: chartRows({
			x: ['number', counted(240, (at) => 20 + (at % 3) * 14 + noise() * 18)],
			y: ['number', counted(240, (at) => 40 + (at % 3) * 20 + noise() * 34)],
			color: ['text', counted(240, (at) => ['Pike', 'Perch', 'Barbel'][at % 3] ?? '')]
		})
	},
	density: {
		block: chartBlock('scatter', { x: 'distance', y: [column('fare')], title: 'Three million trips', unit: '$' }),
		table: chartRows({
			x: ['number', counted(1200, (at) => (at % 40) * 0.5)],
			x2: ['number', counted(1200, (at) => (at % 40) * 0.5 + 0.5)],
			y: ['number', counted(1200, (at) => Math.floor(at / 40) * 2)],
			y2: ['number', counted(1200, (at) => Math.floor(at / 40) * 2 + 2)],
			size: [
				'number',
				counted(1200, (at) => {
					const [x, y] = [at % 40, Math.floor(at / 40)];
					const count = Math.round(9000 * Math.exp(-((y - 3 - x * 0.6) ** 2) / 8 - x / 9));
					return count < 2 ? null : count;
				})
			]
		})
	},
	heatmap: {
		block: chartBlock('heatmap', { x: 'hour', y: [column('weekday')], title: 'Trips by hour and weekday' }),
		table: chartRows({
			x: ['number', counted(168, (at) => at % 24)],
			x2: ['number', counted(168, (at) => (at % 24) + 1)],
			y: ['text', counted(168, (at) => ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'][Math.floor(at / 24)] ?? '')],
			size: [
				'number',
				counted(168, (at) => Math.round(400 * (1 + Math.sin(((at % 24) - 8) / 3.8)) * (at > 119 ? 0.5 : 1) + 40))
			]
		})
	},
	box: {
		block: chartBlock('box', { x: 'site', y: [column('delay')], title: 'Delay by site', unit: 'min' }),
		table: chartRows({
			x: ['text', ['North', 'East', 'South', 'West']],
			low: ['number', [1, 2, 0.5, 4]],
			q1: ['number', [4, 5, 3, 8]],
			median: ['number', [6, 9, 5, 11]],
			q3: ['number', [9, 13, 8, 15]],
			high: ['number', [16, 22, 14, 24]],
			below: ['number', [0, 0, 0, 3]],
			above: ['number', [12, 4, 0, 120]]
		})
	},
	regions: {
		block: chartBlock('regions', { x: 'country', y: [avg('price')], title: 'Mean price by country', unit: '€' }),
		table: chartRows({
			x: ['text', ['DE', 'FRA', 'Brazil', '840', 'Côte d’Ivoire', 'IN', 'Australia', 'Atlantis']],
			y: ['number', [31, 28, 12, 44, 9, 7, 39, 1]]
		})
	},
	places: {
		block: chartBlock('points', {
			x: 'lon',
			y: [column('lat')],
			size: { kind: 'aggregate', aggregate: 'count', column: null },
			title: 'Where stations are'
		}),
		table: chartRows({
			x: ['number', [7.6, 6.96, 4.48, 8.27, 7.59, 200]],
			y: ['number', [47.56, 50.94, 51.92, 50, 50.36, 0]],
			size: ['number', [9, 40, 120, 4, 15, 1]]
		})
	},
	facets: {
		block: chartBlock('line', { x: 'day', y: [avg('level')], facet: 'station', title: 'Level by station' }),
		table: chartRows({
			x: ['date', counted(300, (at) => START + Math.floor(at / 5) * DAY)],
			y: ['number', counted(300, (at) => 3 + Math.sin(at / 30 + (at % 5)) + noise() * 0.5)],
			facet: ['text', counted(300, (at) => ['Basel', 'Köln', 'Rotterdam', 'Mainz', 'Koblenz'][at % 5] ?? '')]
		})
	}
};

export function sampleNamed(name: string): ChartSample {
	const found = samples[name];
	if (!found) throw new Error(`No sample of a chart is ${name}`);
	return found;
}
