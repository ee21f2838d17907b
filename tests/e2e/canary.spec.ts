// Nothing that people named or wrote reaches the edge in the clear: after a sync of a workspace full of canaries, no byte of what was
// sent, of D1, of R2 and of the logs holds one of them, as text or as base64, hex or UTF-16 of it.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type BrowserContext } from '@playwright/test';
import { inflateSync, strFromU8 } from 'fflate';
import { fromBase64Url } from '#core/base64url.ts';
import { parseWholeLink } from '#core/share/whole-link.ts';
import { startWeir } from '../weir-server.ts';
import { openWorkspace, test, type WithWeir } from './workspace.ts';

test.setTimeout(240_000);

const CANARY = 'canaryq7';
const passphrase = `a ${CANARY} passphrase`;

test('no canary is in what is sent, in D1, in R2 or in the logs', async ({ browser }) => {
	const state = mkdtempSync(join(tmpdir(), 'weir-canary-'));
	const logs: string[] = [];
	const weir = await startWeir({ state, onLog: (text) => logs.push(text), isBuilt: true });
	const context = await browser.newContext({ baseURL: weir.url });
	const sent = bytesSent(context);
	let workspace = '';
	try {
		const page = await context.newPage();
		await openWorkspace(page);
		const code = await page.evaluate(fillAndSync, { canary: CANARY, passphrase });
		workspace = /^weir1-([\w-]{22})\./.exec(code)?.[1] ?? '';
	} finally {
		await context.close();
		await weir.stop();
	}
	const stored = filesOf(state);
	rmSync(state, { recursive: true, force: true });
	const places = { sent: Buffer.concat(sent), stored: Buffer.concat(stored), logs: Buffer.from(logs.join('')) };
	// Each place is one that something would be found in.
	expect(workspace).toHaveLength(22);
	for (const bytes of Object.values(places)) expect(bytes.includes(workspace)).toBe(true);
	expect(places.stored.length).toBeGreaterThan(20_000);
	expect(places.logs.toString()).toContain('"operation":"putBundle","status":200');
	for (const [place, bytes] of Object.entries(places))
		for (const [spelling, text] of spellingsOf(CANARY))
			expect(bytes.includes(text), `${place}: ${spelling}`).toBe(false);
});

test('no canary that a report does not show is in what its readers get: the bundle of a link, and a file', async ({
	page
}) => {
	await openWorkspace(page);
	const { link, file, published } = await page.evaluate(fillAndReport, CANARY);
	const bundle = parseWholeLink(link.slice(link.indexOf('#')));
	if (!bundle.ok) throw new Error(bundle.error.kind);
	const json = strFromU8(inflateSync(bundle.value));
	// What is shown is there, and so is which data it came from.
	for (const shown of ['Oslo', 'Bergen', 'Sales of the week', '"name":"sales"']) expect(json).toContain(shown);
	const packed = /id="bundle">([\w-]+)</.exec(file)?.[1] ?? '';
	const inFile = fromBase64Url(packed);
	if (!inFile) throw new Error('no bundle in the file');
	const texts = { bundle: json, file, 'bundle of the file': strFromU8(inflateSync(inFile)), published };
	for (const [place, text] of Object.entries(texts))
		for (const [spelling, bytes] of spellingsOf(CANARY))
			expect(Buffer.from(text).includes(bytes), `${place}: ${spelling}`).toBe(false);
});

/** In the page: canaries wherever a report touches data and shows nothing of it. */
async function fillAndReport(
	canary: string
): Promise<{ readonly link: string; readonly file: string; readonly published: string }> {
	const { weir } = globalThis as never as WithWeir;
	const must = async <T>(told: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> => {
		const answer = await told;
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		return answer.value;
	};
	const named = (what: string): string => `${canary}_${what}`;
	const rows = [1, 2, 3, 4].map((id) => `${id},${id % 2 === 0 ? 'Oslo' : 'Bergen'},${named(`cell${id}`)},${id * 10}`);
	const file = new File([`id,city,${named('column')},price\n${rows.join('\n')}\n`], `${named('file')}.csv`);
	await must(weir.setAuthor(named('author')));
	await must(weir.ingest(file, { name: 'sales', key: ['id'], message: named('message') }));
	await must(weir.branch('sales', named('branch')));
	const query = named('query');
	const text = [
		'# Sales of the week',
		`\`\`\`sql ${query}\nSELECT city, price, ${named('column')} AS ${named('alias')} FROM sales /* ${named('comment')} */ WHERE ${named('column')} <> '${named('literal')}'\n\`\`\``,
		`\`\`\`input ${named('input')}\ntype: select\nfrom: sales\ncolumn: ${named('column')}\nlabel: Who\n\`\`\``,
		`\`\`\`chart\ntype: bar\nfrom: ${query}\nx: city\ny: sum(price)\n\`\`\``,
		`\`\`\`table\nfrom: ${query}\ncolumns: [city, price]\norder: [-${named('alias')}]\n\`\`\``,
		`\`\`\`metric\nfrom: ${query}\nvalue: count(${named('alias')})\nlabel: Named\n\`\`\``,
		`It is {{ count(${query}) }} of them.`
	].join('\n\n');
	await must(weir.saveDocument('report', named('report'), text));
	const edition = await must(weir.renderReport(named('report')));
	const failed = JSON.stringify(edition.blocks.filter((block) => 'shown' in block && !block.shown.ok));
	if (failed !== '[]') throw new Error(failed);
	const { link } = await must(weir.linkEdition(edition));
	const saved = await must(weir.exportReport(edition, { canFilter: true }));
	await must(
		weir.savePipeline(
			`name: ${named('pipeline')}\nsteps:\n  - { id: ${named('step')}, kind: report, report: ${named('report')} }\n`
		)
	);
	await must(weir.runPipeline(named('pipeline')));
	const [published] = await must(weir.editions());
	const opened = await must(weir.openEdition(published?.id ?? ''));
	return { link, file: await saved.file.text(), published: JSON.stringify(opened) };
}

/** In the page; answers the workspace's code. */
async function fillAndSync(given: { readonly canary: string; readonly passphrase: string }): Promise<string> {
	const { weir } = globalThis as never as WithWeir;
	const must = async <T>(told: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>): Promise<T> => {
		const answer = await told;
		if (!answer.ok) throw new Error(JSON.stringify(answer.error));
		return answer.value;
	};
	const named = (what: string): string => `${given.canary}_${what}`;
	const [sales, column] = [named('sales'), named('column')];
	await must(weir.setAuthor(named('author')));
	const file = new File([`id,${column}\n1,${named('cell')}\n2,other\n3,more\n`], `${named('file')}.csv`);
	await must(weir.ingest(file, { name: sales, key: ['id'], message: named('message') }));
	await must(weir.branch(sales, named('branch')));
	await must(weir.tag(sales, named('tag')));
	await must(
		weir.save(named('derived'), `SELECT *, '${named('literal')}' AS told FROM ${sales} /* ${named('sql')} */`)
	);
	await must(
		weir.saveSuite(
			named('suite'),
			`dataset: ${sales}\nchecks:\n  - expect_column_values_to_be_unique: { column: id }\n`
		)
	);
	await must(weir.check(sales, named('suite')));
	await must(
		weir.savePipeline(
			`name: ${named('pipeline')}\nsteps:\n  - { id: ${named('step')}, kind: transform, sql: SELECT * FROM ${sales}, into: ${named('made')} }\n`
		)
	);
	await must(weir.runPipeline(named('pipeline')));
	await must(weir.saveDocument('recipe', named('recipe'), `input: ${sales}\nsteps:\n  - filter: id > 1\n`));
	const words = await must(weir.recoveryWords());
	const turned = { passphrase: given.passphrase, words: words.join(' '), device: named('device') };
	const code = await must(weir.turnOnSync(turned));
	// Sealed: whatever it shows.
	const edition = await must(
		weir.renderReport(`# ${named('title')}\n\n\`\`\`table\nfrom: ${sales}\ntitle: ${named('table')}\n\`\`\`\n`)
	);
	await must(weir.shareEdition(edition, { passphrase: given.passphrase }));
	for (;;) {
		const synced = await weir.sync();
		if (!synced.ok && synced.error.kind === 'sync-busy') await new Promise((resolve) => setTimeout(resolve, 200));
		else if (!synced.ok || synced.value.datasets.some(({ outcome }) => !outcome.ok))
			throw new Error(JSON.stringify(synced));
		else return code;
	}
}

/** Addresses, headers and bodies of everything that goes to the API. */
function bytesSent(context: BrowserContext): Buffer[] {
	const sent: Buffer[] = [];
	context.on('request', (request) => {
		if (!request.url().includes('/api/')) return;
		const head = `${request.url()} ${JSON.stringify(request.headers())}`;
		sent.push(Buffer.from(head), request.postDataBuffer() ?? Buffer.alloc(0));
	});
	return sent;
}

/** All that D1 and R2 wrote, whatever they call it. */
function filesOf(folder: string): readonly Buffer[] {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
	return entries.flatMap((entry) => (entry.isFile() ? [readFileSync(join(entry.parentPath, entry.name))] : []));
}

function spellingsOf(text: string): ReadonlyMap<string, Buffer> {
	const bytes = Buffer.from(text);
	// What base64 makes of a text depends on what is before it; letters at the ends mix with their neighbours.
	const base64 = [0, 1, 2].map((before): [string, Buffer] => {
		const padded = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
		return [`base64 behind ${before}`, Buffer.from(padded.slice(before === 0 ? 0 : before + 1, -4))];
	});
	return new Map([
		['text', bytes],
		['hex', Buffer.from(bytes.toString('hex'))],
		['UTF-16', Buffer.from(text, 'utf16le')],
		...base64
	]);
}
