// The benchmark's table: milliseconds and, what counts on a shared machine, ratios to each peer of the same run.

export type Measured = {
	readonly rowCount: number;
	readonly systems: Readonly<Record<string, Readonly<Record<string, number>>>>;
};
export type Machine = {
	readonly cpu: string;
	readonly cores: number;
	readonly memoryGib: number;
	readonly node: string;
	readonly date: string;
};

/** One Markdown text: a table a size, then the starts, then the machine. Columns a peer cannot do stay empty. */
export function report(
	measured: readonly Measured[],
	starts: Readonly<Record<string, number>>,
	machine: Machine,
	notes: readonly string[]
): string {
	const parts = [
		'# Benchmark',
		'',
		'The least of the rounds, in ms, with Weir’s time divided by the peer’s in parentheses (below 1: Weir is faster). Native DuckDB, bare',
		'DuckDB-WASM and Weir take turns, round by round: 12 rounds of a query at 1M, 4 at 10M.',
		''
	];
	for (const { rowCount, systems } of measured) {
		const names = ['weir', ...Object.keys(systems).filter((name) => name !== 'weir')];
		const tasks = [...new Set(Object.values(systems).flatMap((timings) => Object.keys(timings)))];
		parts.push(`## ${rowCount.toLocaleString('en')} events, and 3 million flights`, '');
		parts.push(`| task | ${names.join(' | ')} |`, `| --- |${' ---: |'.repeat(names.length)}`);
		for (const task of tasks) {
			const own = systems['weir']?.[task];
			const cells = names.map((name) => {
				const time = systems[name]?.[task];
				if (time === undefined) return '';
				if (name === 'weir' || own === undefined) return time.toFixed(time < 100 ? 1 : 0);
				return `${time.toFixed(time < 100 ? 1 : 0)} (${(own / time).toFixed(2)})`;
			});
			parts.push(`| ${task} | ${cells.join(' | ')} |`);
		}
		parts.push('');
	}
	const ratio = (own: string, other: string): string => {
		const [a, b] = [starts[own], starts[other]];
		return a === undefined || b === undefined ? '' : (a / b).toFixed(2);
	};
	const ms = (id: string): string => starts[id]?.toFixed(0) ?? '';
	parts.push(
		'## Start',
		'',
		'| start | Weir, page usable | bare engine, first answer | ratio |',
		'| --- | ---: | ---: | ---: |'
	);
	for (const kind of ['cold', 'warm'])
		parts.push(
			`| ${kind} | ${ms(`weir-${kind}`)} | ${ms(`bare-${kind}`)} | ${ratio(`weir-${kind}`, `bare-${kind}`)} |`
		);
	parts.push('', `Weir’s first paint, warm: ${ms('weir-paint')} ms.`, '');
	parts.push(
		'`csv-load` makes a table in memory; `csv-ingest` and `parquet-ingest` write zstd Parquet, for Weir a commit in IndexedDB',
		'with the source’s SHA-256 too; `result-1m` brings a million rows to the page as Arrow. Native DuckDB has the same version and one thread.',
		''
	);
	parts.push(
		`${machine.date}; ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGib} GiB; Node ${machine.node}; headless Chromium.`,
		'',
		...notes
	);
	return parts.join('\n');
}
