// Kills Chromium with SIGKILL while it loads from an API that misbehaves, and reopens the same profile: shared by the test and the campaign.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { serveApi, type ServedApi } from '../api-server.ts';
import { misbehavingApi, type ApiPaging, type ApiRow } from '../misbehaving-api.ts';
import { kill, openBrowser } from './kill.ts';
import type { WithWeir } from './workspace.ts';

type LoadMode = 'append' | 'merge';

export type LoadKillReport = {
	readonly kills: number;
	/** Kills that came while a load was running. */
	readonly midLoad: number;
	/** Loads that went on where a killed one had kept some of its rows. */
	readonly resumed: number;
	readonly answers: number;
	readonly versions: number;
	readonly rows: number;
	/** What broke, one line each; empty is the promise. */
	readonly problems: readonly string[];
};

type LoadKillPlan = {
	/** One origin a mode, all loaded at the same time. */
	readonly modes: readonly LoadMode[];
	readonly kills: number;
	/** Gives 0 ≤ x < 1. */
	readonly random: () => number;
	readonly flags?: readonly string[];
};

const pagings: Readonly<Record<ApiPaging, string>> = {
	offset: '{ kind: offset, offset: offset }',
	page: '{ kind: page, page: page }',
	cursor: '{ kind: cursor, param: after, path: next_cursor }',
	link: '{ kind: link }',
	next: '{ kind: next, path: next }'
};
const PAGE_ROWS = 1000;
/** So that a batch, which is kept as one version, is full after eight pages. */
const FILLER = 'so much said of one row '.repeat(180);

/** An API of rows in the order of their time, three at each, and what a load of them has to hold to. */
class Origin {
	readonly rows: ApiRow[] = [];
	readonly mode: LoadMode;
	readonly paging: ApiPaging;
	served: ServedApi | null = null;
	#edition = 0;

	constructor(mode: LoadMode, paging: ApiPaging) {
		this.mode = mode;
		this.paging = paging;
	}

	get name(): string {
		return `${this.mode}_rows`;
	}

	text(): string {
		const late = this.mode === 'merge' ? ', late: 5m' : '';
		const load = this.mode === 'merge' ? 'merge, key: [id]' : 'append';
		return `kind: rest\nurl: ${this.served?.url}\npages: ${pagings[this.paging]}\nsince: { field: at, param: since${late} }\nload: { mode: ${load} }\n`;
	}

	grow(pages: number): void {
		for (let made = 0; made < pages * PAGE_ROWS; made++) this.#add();
	}

	/** A row that changes has the time of its change; where it stands among the others does not move. */
	change(random: () => number): void {
		if (this.mode === 'append') return;
		this.#edition++;
		for (let made = 0; made < 20; made++) {
			const id = Math.floor(random() * this.rows.length);
			const row = this.rows[id];
			const last = this.rows.at(-1);
			if (row && last) this.rows[id] = { ...row, name: `row ${id} of ${this.#edition}`, at: last.at };
		}
	}

	#add(): void {
		const id = this.rows.length;
		const at = new Date(1_700_000_000_000 + Math.floor(id / 3) * 60_000).toISOString();
		this.rows.push({ id, name: `row ${id} of 0`, at, more: FILLER });
	}
}

/** `kills` times loads are cut off at a random moment; then they go on to their end. */
export async function killLoads(
	url: string,
	{ modes, kills, random, flags = [] }: LoadKillPlan
): Promise<LoadKillReport> {
	const profile = mkdtempSync(join(tmpdir(), 'weir-load-kill-'));
	const kinds = Object.keys(pagings) as ApiPaging[];
	const anyPaging = (): ApiPaging => kinds[Math.floor(random() * kinds.length)] ?? 'cursor';
	const origins = modes.map((mode) => new Origin(mode, anyPaging()));
	const problems: string[] = [];
	const counts = { kills: 0, midLoad: 0, resumed: 0, answers: 0, versions: 0, rows: 0 };
	let [awaited, atAnswer = () => undefined]: [number, (() => void)?] = [0];
	try {
		for (const origin of origins) {
			origin.grow(12);
			const onAsk = (): void => {
				counts.answers++;
				if (--awaited === 0) atAnswer();
			};
			const { paging, rows } = origin;
			origin.served = await serveApi(
				misbehavingApi({ paging, size: PAGE_ROWS, random, faultRatio: 0.08, rows, onAsk })
			);
		}
		for (; counts.kills < kills; counts.kills++) {
			const { child, browser, page } = await openBrowser(profile, url, flags);
			problems.push(...(await look(page, origins, `after ${counts.kills} kills`)));
			// Not awaited: the browser dies in the middle of it.
			let isLoading = true;
			const loading = Promise.all(origins.map((origin) => load(page, origin)))
				.catch(() => [])
				.finally(() => (isLoading = false));
			awaited = (5 + Math.floor(random() * 9)) * origins.length;
			await Promise.race([new Promise<void>((resolve) => (atAnswer = resolve)), loading]);
			await new Promise((resolve) => setTimeout(resolve, random() * 2000));
			if (isLoading) counts.midLoad++;
			await kill(child);
			await loading;
			await browser.close().catch(() => undefined);
			for (const origin of origins) {
				origin.grow(Math.floor(random() * 5));
				origin.change(random);
			}
		}
		const { child, browser, page } = await openBrowser(profile, url, flags);
		problems.push(...(await look(page, origins, `after ${kills} kills`)));
		for (const origin of origins) {
			const ended = await load(page, origin);
			if (ended.resumed) counts.resumed++;
			// What changed while a load was ended is asked for by the next one.
			const again = await load(page, origin);
			for (const { failure } of [ended, again]) if (failure !== null) problems.push(`${origin.name}: ${failure}`);
			if (origin.mode === 'append' && again.kept > 0)
				problems.push(`${origin.name}: nothing new is there, and a load keeps ${again.kept} rows`);
			const stands = await read(page, origin);
			if (typeof stands === 'string') problems.push(stands);
			else {
				counts.versions += stands.versions;
				counts.rows += stands.rows.length;
				problems.push(...whole(origin, stands));
			}
		}
		const verified = await page.evaluate(() => (globalThis as never as WithWeir).weir.verify());
		if (!verified.ok || verified.value.damages.length > 0) problems.push(`at the end: ${JSON.stringify(verified)}`);
		await kill(child);
		await browser.close().catch(() => undefined);
	} finally {
		for (const { served } of origins) await served?.stop();
		rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
	return { ...counts, problems };
}

type Loaded = { readonly kept: number; readonly resumed: boolean; readonly failure: string | null };

async function load(page: Page, origin: Origin): Promise<Loaded> {
	return page.evaluate(
		async ([name, text]) => {
			const { weir } = globalThis as never as WithWeir;
			const connected = await weir.connect(name, text);
			const loaded = connected.ok ? await weir.loadConnection(name) : connected;
			if (!loaded.ok) return { kept: 0, resumed: false, failure: JSON.stringify(loaded.error) };
			return { kept: loaded.value.keptCount, resumed: loaded.value.wasResumed, failure: null };
		},
		[origin.name, origin.text()] as const
	);
}

type Stands = {
	readonly rows: readonly (readonly [id: number, name: string])[];
	readonly versions: number;
	/** Of the newest version, how far it says that the connection is loaded. */
	readonly mark: string | null;
	readonly run: { readonly highest: string | null } | null;
};

/** What stands in a dataset, which may be none yet; a text is what went wrong. */
async function read(page: Page, { name }: Origin): Promise<Stands | string> {
	return page.evaluate(async (dataset) => {
		const { weir } = globalThis as never as WithWeir;
		const listed = await weir.datasets();
		if (!listed.ok) return JSON.stringify(listed.error);
		if (listed.value.every((one) => one.name !== dataset)) return { rows: [], versions: 0, mark: null, run: null };
		const answer = await weir.sql(`SELECT id::INT AS id, name FROM "${dataset}" ORDER BY id`);
		const versions = await weir.versions(dataset);
		if (!answer.ok) return JSON.stringify(answer.error);
		if (!versions.ok) return JSON.stringify(versions.error);
		const rows = (await answer.value.rows()).map((row) => [Number(row['id']), String(row['name'])] as const);
		await answer.value.release();
		const state = versions.value.at(-1)?.lineage.parameters?.['load'] as never as Pick<Stands, 'mark' | 'run'>;
		return { rows, versions: versions.value.length, mark: state.mark, run: state.run };
	}, name);
}

/** After a kill: no row twice, none that the API never had, none left out before what is kept, and a place that fits the rows beside it. */
async function look(page: Page, origins: readonly Origin[], when: string): Promise<readonly string[]> {
	const problems: string[] = [];
	for (const origin of origins) {
		const stands = await read(page, origin);
		if (typeof stands === 'string') {
			problems.push(`${when}: ${stands}`);
			continue;
		}
		const { rows, mark, run } = stands;
		const wrong = rows.findIndex(([id], at) => id !== at);
		if (wrong >= 0)
			problems.push(`${when}: ${origin.name} has row ${rows[wrong]?.[0]} at place ${wrong} of ${rows.length}`);
		const newest = origin.rows[rows.length - 1]?.at ?? null;
		const reached = run?.highest ?? mark;
		const isBeside = origin.mode === 'append' ? reached === newest : (reached ?? '') <= (origin.rows.at(-1)?.at ?? '');
		if (!isBeside)
			problems.push(
				`${when}: ${origin.name} has ${rows.length} rows up to ${newest}, and says it is loaded up to ${reached}`
			);
	}
	return problems;
}

/** At the end: what the API has, every row once as it is now, and nothing that waits to go on. */
function whole(origin: Origin, { rows, mark, run }: Stands): readonly string[] {
	const problems: string[] = [];
	const there = origin.rows.map(({ id, name }) => `${id} ${name}`);
	const kept = rows.map(([id, name]) => `${id} ${name}`);
	const wrong = there.findIndex((row, at) => row !== kept[at]);
	if (wrong >= 0 || kept.length !== there.length)
		problems.push(
			`${origin.name}: ${kept.length} rows of ${there.length}; at ${wrong} ${kept[wrong]} for ${there[wrong]}`
		);
	if (run !== null) problems.push(`${origin.name}: a load is still open at the end`);
	const newest = origin.rows.reduce((most, { at }) => (at > most ? at : most), '');
	if (mark !== newest) problems.push(`${origin.name}: loaded up to ${mark}, and the newest row is of ${newest}`);
	return problems;
}
