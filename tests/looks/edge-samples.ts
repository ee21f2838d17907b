// Charts of rows that are hard to draw: none, one, nothing but gaps, names without end, numbers below zero, many series.
import { avg, chartBlock, chartRows, column, counted, type ChartSample } from '../chart-samples.ts';

const LONG = 'Hospital of the very long name at the far end of the valley, second building';

export const edgeSamples: Readonly<Record<string, ChartSample>> = {
	empty: {
		block: chartBlock('bar', { x: 'site', y: [avg('wait')], title: 'Wait by site' }),
		table: chartRows({ x: ['text', []], y: ['number', []] })
	},
	nulls: {
		block: chartBlock('line', { x: 'day', y: [avg('wait')], title: 'A wait that nobody wrote down' }),
		table: chartRows({ x: ['number', [1, 2, 3]], y: ['number', [null, null, null]] })
	},
	one: {
		block: chartBlock('line', { x: 'day', y: [avg('wait')], title: 'One day', unit: 'min' }),
		table: chartRows({ x: ['date', [Date.UTC(2026, 0, 5)]], y: ['number', [12.5]] })
	},
	'one-bar': {
		block: chartBlock('bar', { x: 'site', y: [avg('wait')], title: 'One site' }),
		table: chartRows({ x: ['text', ['Basel']], y: ['number', [12.5]] })
	},
	'long-names': {
		block: chartBlock('bar', {
			x: 'site',
			y: [avg('wait')],
			color: 'kind',
			title: `Wait at the ${LONG}, and at others whose names are no shorter`,
			subtitle: LONG,
			caption: `Source: ${LONG}`,
			yLabel: 'How long people waited until somebody had time for them',
			order: 'x'
		}),
		table: chartRows({
			x: ['text', counted(6, (at) => `${at + 1} ${LONG}`)],
			y: ['number', [4, 9, 2, 7, 5, 3]],
			color: ['text', counted(6, (at) => `${LONG}, ward ${at % 2}`)]
		})
	},
	'below-zero': {
		block: chartBlock('bar', {
			x: 'month',
			y: [avg('balance')],
			title: 'Balance',
			yFormat: 'currency CHF',
			order: 'x',
			annotations: [{ axis: 'y', from: -400, to: null, text: 'Limit' }]
		}),
		table: chartRows({
			x: ['text', ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun']],
			y: ['number', [820, -310, null, -640, 0, 455]]
		})
	},
	'lying-months': {
		block: chartBlock('bar', { x: 'month', y: [avg('rain')], isHorizontal: true, title: 'Rain by month', unit: 'mm' }),
		table: chartRows({
			x: ['date', counted(12, (at) => Date.UTC(2025, at, 1))],
			x2: ['date', counted(12, (at) => Date.UTC(2025, at + 1, 1))],
			y: ['number', counted(12, (at) => 40 + ((at * 7) % 12) * 6)]
		})
	},
	'below-zero-area': {
		block: chartBlock('area', { x: 'hour', y: [avg('degrees')], title: 'Degrees', unit: '°C' }),
		table: chartRows({
			x: ['number', counted(48, (at) => at)],
			y: ['number', counted(48, (at) => (at > 30 && at < 34 ? null : 8 * Math.sin(at / 7) - 2))]
		})
	},
	'many-series': {
		block: chartBlock('line', { x: 'week', y: [avg('load')], color: 'machine', title: 'Load of eleven machines' }),
		table: chartRows({
			x: ['number', counted(132, (at) => Math.floor(at / 11))],
			y: ['number', counted(132, (at) => (at % 11) * 3 + 4 * Math.sin(at / 9 + (at % 11)))],
			color: ['text', counted(132, (at) => `Machine ${(at % 11) + 1}`)]
		})
	},
	logarithm: {
		block: chartBlock('scatter', {
			x: 'mass',
			y: [column('life')],
			yScale: 'log',
			title: 'Life by mass',
			annotations: [{ axis: 'x', from: 20, to: 40, text: 'Seen by few' }]
		}),
		table: chartRows({
			x: ['number', counted(40, (at) => at * 1.5)],
			y: ['number', counted(40, (at) => 10 ** (at / 8) * (1 + (at % 5) / 4))]
		})
	}
};
