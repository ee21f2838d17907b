// A report as one HTML file: what stands in it, and that nothing of a title or a bundle is read as markup.
import { expect, test } from 'vitest';
import { fromBase64Url } from '#core/base64url.ts';
import { reportFileName, writeReportFile } from '#core/share/report-file.ts';
import { ok } from '#core/result.ts';
import { decodeBundle } from '#core/share/bundle-bytes.ts';
import { createConsole } from '#lib/flows/console.ts';
import { pageRules } from '#lib/ui/report/page-foot.ts';
import { testEffects } from './effects.ts';
import { chart, HIDDEN, madeEdition } from './made-edition.ts';

const parts = { script: 'draw()', style: 'a{}', scriptHash: 'SCRIPT=', styleHash: 'STYLE=' };

test('a file holds the bundle of what was shown, and nothing that readers do not see', async () => {
	const weir = createConsole(testEffects());
	const made = await weir.exportReport(madeEdition);
	if (!made.ok) return expect.unreachable(made.error.kind);
	expect(made.value.name).toBe('Rivers.html');
	expect(made.value.file.type).toBe('text/html');
	const text = await made.value.file.text();
	const packed = /id="bundle">([\w-]+)<\/script>/.exec(text)?.[1] ?? '';
	const bytes = fromBase64Url(packed);
	if (!bytes) return expect.unreachable('no base64url');
	const bundle = decodeBundle(bytes);
	expect(bundle).toMatchObject(ok({ title: 'Rivers' }));
	for (const told of [text, JSON.stringify(bundle)]) expect(told).not.toContain(HIDDEN);
	expect(await weir.linkEdition(madeEdition)).toMatchObject(ok({ fingerprint: made.value.fingerprint }));
});

test('a title is text, and the policy names the one script and the one style', () => {
	const text = writeReportFile(parts, { title: `</title><script>alert("&")</script>`, bundle: new Uint8Array([255]) });
	expect(text).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;</title>');
	expect(text.match(/<script/g)).toHaveLength(2);
	expect(text).toContain(`script-src 'sha256-SCRIPT='; style-src 'sha256-STYLE='`);
	expect(text).toContain(`default-src 'none'`);
	expect(text).not.toMatch(/unsafe|https?:/);
});

test('a file is called by what it shows, and not by the name that its report has here', async () => {
	const weir = createConsole(testEffects());
	const heading = { kind: 'heading', depth: 1, children: [{ kind: 'text', text: 'The <week>' }] } as const;
	const prose = { block: { kind: 'prose', node: heading, values: [], place: chart.place }, values: [] } as const;
	const made = await weir.exportReport({ ...madeEdition, title: null, blocks: [prose] });
	if (!made.ok) return expect.unreachable(made.error.kind);
	expect(made.value.name).toBe('The-week.html');
	const text = await made.value.file.text();
	expect(text).toContain('<title>The &lt;week&gt;</title>');
	expect(text).not.toContain(HIDDEN);
});

test('a report of more than a page takes becomes no file', async () => {
	const weir = createConsole(testEffects());
	const long = { ...madeEdition, title: 'x'.repeat(3000) };
	expect(await weir.exportReport(long)).toMatchObject({ error: { kind: 'report-too-large' } });
	expect(await weir.exportReport({} as never)).toMatchObject({ error: { kind: 'invalid-argument' } });
});

test('a file has a name that every system takes', () => {
	expect(reportFileName('Sales: Q1/Q2 "2026"')).toBe('Sales-Q1-Q2-2026.html');
	expect(reportFileName('../../..')).toBe('report.html');
	expect(reportFileName('Übersicht')).toBe('Übersicht.html');
});

test('the foot of a page is a text, whatever a report is called', () => {
	const rules = pageRules(`'; } @import url(https://sink.example); { content: "\\`, true);
	expect(rules).not.toMatch(/@import|url\(|sink\.example\)/);
	expect(rules.match(/@[a-z-]+/g)).toEqual(['@page', '@bottom-left', '@bottom-right']);
	expect(rules).toContain('size: landscape');
	expect(pageRules('Übersicht · v3', false)).toContain("'Übersicht \\b7  v3'");
});
