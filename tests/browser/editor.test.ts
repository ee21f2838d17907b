import { expect, onTestFinished, test } from 'vitest';
import { render } from 'vitest-browser-svelte';
import { page, userEvent } from 'vitest/browser';
import type { CatalogueTable, EditorDiagnostic, SqlEditorHandle, SqlEditorProps } from '#lib/ui/editor/editor-props.ts';
import SqlEditor from '#lib/ui/editor/SqlEditor.svelte';

const catalogue: readonly CatalogueTable[] = [
	{
		name: 'trips',
		versions: ['v2', 'v1'],
		columns: [
			{ name: 'borough', type: 'VARCHAR' },
			{ name: 'pickup at', type: 'TIMESTAMP' }
		]
	},
	{ name: 'fares 2', versions: ['v1'], columns: [{ name: 'fare', type: 'DOUBLE' }] }
];

type Shown = {
	readonly texts: string[];
	readonly runs: { readonly text: string; readonly offset: number }[];
	readonly show: (change: Partial<SqlEditorProps>) => Promise<void>;
	readonly handle: SqlEditorHandle;
};

async function show(text: string, change: Partial<SqlEditorProps> = {}): Promise<Shown> {
	const texts: string[] = [];
	const runs: { readonly text: string; readonly offset: number }[] = [];
	const props: SqlEditorProps = {
		label: 'Query',
		text,
		onchange: (next) => texts.push(next),
		catalogue,
		diagnostics: [],
		onrun: (ran, offset) => runs.push({ text: ran, offset }),
		...change
	};
	const frame = document.createElement('div');
	Object.assign(frame.style, { width: '700px', height: '300px' });
	document.body.append(frame);
	onTestFinished(() => {
		frame.remove();
	});
	const screen = await render(SqlEditor, { target: frame, props });
	const handle = screen.component as unknown as SqlEditorHandle;
	handle.focus();
	return { texts, runs, show: (next) => screen.rerender(next), handle };
}

const root = (): ShadowRoot => {
	const host = [...document.querySelectorAll('*')].find((element) => element.shadowRoot?.querySelector('.cm-editor'));
	return host?.shadowRoot as ShadowRoot;
};
const shownText = (): string => [...root().querySelectorAll('.cm-line')].map((line) => line.textContent).join('\n');
const options = (): string[] =>
	[...root().querySelectorAll('.cm-completionLabel')].map(({ textContent }) => textContent);

test('its styles are adopted by its shadow root, none is written into the page', async () => {
	const before = document.querySelectorAll('style').length;
	await show('select 1');
	expect(root().adoptedStyleSheets.length).toBeGreaterThan(0);
	expect(root().querySelectorAll('style')).toHaveLength(0);
	expect(document.querySelectorAll('style')).toHaveLength(before);
});

test('columns of a table are proposed after its alias', async () => {
	const shown = await show('');
	await userEvent.keyboard('select t.pi from trips t');
	await userEvent.keyboard('{Escape}{Home}' + '{ArrowRight}'.repeat('select t.pi'.length) + '{Control>} {/Control}');
	await expect.poll(options).toEqual(['pickup at']);
	await new Promise((resolve) => setTimeout(resolve, 120));
	await userEvent.keyboard('{Enter}');
	await expect.poll(() => shown.texts.at(-1)).toBe('select t."pickup at" from trips t');
});

test('columns in reach come before words of the language', async () => {
	await show('');
	await userEvent.keyboard('from trips select bo');
	await expect.poll(() => options()[0]).toBe('borough');
	expect(options()).toContain('bool_and');
});

test('datasets are proposed after FROM, and versions after @', async () => {
	const shown = await show('');
	await userEvent.keyboard('select * from tri');
	await expect.poll(() => options()[0]).toBe('trips');
	await new Promise((resolve) => setTimeout(resolve, 120));
	await userEvent.keyboard('{Enter}@{Control>} {/Control}');
	await expect.poll(options).toEqual(['v2', 'v1']);
	await new Promise((resolve) => setTimeout(resolve, 120));
	await userEvent.keyboard('{Enter}');
	await expect.poll(() => shown.texts.at(-1)).toBe('select * from trips@v2');
});

test('Ctrl+Enter runs the whole text, or the selection with its offset', async () => {
	const shown = await show('select 1;\nselect 2');
	await userEvent.keyboard('{Control>}{Enter}{/Control}');
	await userEvent.keyboard('{Control>}{End}{/Control}{Shift>}{Home}{/Shift}{Control>}{Enter}{/Control}');
	expect(shown.runs).toEqual([
		{ text: 'select 1;\nselect 2', offset: 0 },
		{ text: 'select 2', offset: 10 }
	]);
	expect(shown.texts).toEqual([]);
});

test('a diagnostic is underlined at its place, moves along with edits, and its fix replaces the token', async () => {
	const far: EditorDiagnostic = {
		from: 7,
		to: 10,
		message: 'Column "far" is not in trips',
		severity: 'error',
		fixes: [{ label: 'Use "fare"', replacement: 'fare' }]
	};
	const diagnostics = [far];
	const shown = await show('select far from trips', { diagnostics });
	const marked = (): string[] =>
		[...root().querySelectorAll('.cm-lintRange-error')].map(({ textContent }) => textContent);
	await expect.poll(marked).toEqual(['far']);
	await userEvent.keyboard('{Control>}{Home}{/Control}-- why?{Escape}{Enter}');
	await shown.show({ text: shown.texts.at(-1) ?? '' });
	await expect.poll(marked).toEqual(['far']);
	await page.elementLocator(root().querySelector('.cm-lintRange-error') as Element).hover();
	await page.getByRole('button', { name: /Use "fare"/ }).click();
	expect(shown.texts.at(-1)).toBe('-- why?\nselect fare from trips');
});

test('Ctrl+. applies the fix of the diagnostic at the cursor', async () => {
	const fix: EditorDiagnostic = {
		from: 7,
		to: 7,
		message: '',
		severity: 'warning',
		fixes: [{ label: 'x', replacement: 'fare' }]
	};
	const shown = await show('select far', { diagnostics: [fix] });
	await userEvent.keyboard('{Control>}{End}{/Control}{Control>}.{/Control}');
	expect(shown.texts).toEqual(['select fare']);
});

test('formatting is one change that undo takes back, and refuses what it cannot parse', async () => {
	const shown = await show('select a,b from trips@v1');
	expect(await shown.handle.format()).toBe(true);
	expect(shownText()).toBe('select\n  a,\n  b\nfrom\n  trips@v1');
	await userEvent.keyboard('{Control>}z{/Control}');
	expect(shownText()).toBe('select a,b from trips@v1');
	await shown.show({ text: "select (a 'x" });
	expect(await shown.handle.format()).toBe(false);
	expect(shownText()).toBe("select (a 'x");
});

test('each document keeps its own text and undo history', async () => {
	const shown = await show('one', { key: 'a' });
	await userEvent.keyboard('{Control>}{End}{/Control} more');
	await shown.show({ key: 'b', text: 'two' });
	expect(shownText()).toBe('two');
	await userEvent.keyboard('{Control>}z{/Control}');
	expect(shownText()).toBe('two');
	await shown.show({ key: 'a', text: 'one more' });
	expect(shownText()).toBe('one more');
	await userEvent.keyboard('{Control>}z{/Control}');
	expect(shownText()).not.toBe('one more');
});

test('Tab indents, and Escape then Tab leaves', async () => {
	await show('select 1');
	const after = document.createElement('button');
	document.body.append(after);
	onTestFinished(() => {
		after.remove();
	});
	await userEvent.keyboard('{Tab}');
	expect(shownText()).toBe('  select 1');
	await userEvent.keyboard('{Escape}{Tab}');
	expect(document.activeElement).toBe(after);
});

test('a comment is toggled by Ctrl+/', async () => {
	await show('select 1');
	await userEvent.keyboard('{Control>}/{/Control}');
	expect(shownText()).toBe('-- select 1');
});
