// What waits to be sent, counted in plain words.
const words: Readonly<Record<string, readonly [string, string]>> = {
	dataset: ['dataset', 'datasets'],
	recipe: ['recipe', 'recipes'],
	pipeline: ['pipeline', 'pipelines'],
	suite: ['suite', 'suites'],
	alert: ['alert rule', 'alert rules'],
	report: ['report', 'reports'],
	verdict: ['verdict', 'verdicts'],
	run: ['run of a pipeline', 'runs of pipelines'],
	model: ['model', 'models'],
	'training run': ['training run', 'training runs'],
	link: ['link to a report', 'links to reports'],
	edition: ['edition of a report', 'editions of reports']
};

export type Waiting = readonly { readonly what: string; readonly count: number }[];

/** `2 datasets, 3 pipelines and 1 model wait`; empty where nothing does. */
export function waitingWords(waiting: Waiting): string {
	const all = waiting.filter(({ count }) => count > 0);
	const told = all.map(({ what, count }) => `${count.toLocaleString('en')} ${wordOf(what, count)}`);
	const last = told.pop();
	if (last === undefined) return '';
	const isOne = all.length === 1 && all[0]?.count === 1;
	return `${told.length === 0 ? last : `${told.join(', ')} and ${last}`} ${isOne ? 'waits' : 'wait'}`;
}

export function wordOf(what: string, count: number): string {
	const [one, many] = words[what] ?? [what, `${what}s`];
	return count === 1 ? one : many;
}
