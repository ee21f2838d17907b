// Recipes on the built page: the ready one, cards and text as two views, a step in JavaScript, a run with its lineage; and nothing that axe finds.
import { expect } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

test('a person opens the ready recipe, adds a step, mends it as text, and runs it', async ({ scripted: page }) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.getByRole('link', { name: 'Recipes' }).click();
	await patient(page.getByRole('heading', { name: /^From what came in/ })).toBeVisible();
	await expectClean(page, 'no recipes');
	await page.getByRole('button', { name: /^Open a ready one/ }).click();
	await patient(page.getByRole('heading', { name: 'moving average', level: 1 })).toBeVisible();

	const preview = page.getByRole('region', { name: 'Preview' });
	await patient(preview.getByText('560 → 560 rows × 6')).toBeVisible();
	await page.getByRole('button', { name: /^Step 1, Window/ }).click();
	await patient(preview.getByText(/^\+ moving_average, highest_to_lowest/)).toBeVisible();
	await expectClean(page, 'the form of a step');

	await page.getByRole('button', { name: 'Add a step' }).click();
	await page.getByPlaceholder('What should it do?').fill('condition');
	await expectClean(page, 'the menu of steps');
	await page.keyboard.press('Enter');
	const condition = page.getByRole('textbox', { name: 'Keep rows where' });
	await condition.fill("symbol = 'IBM' AND prise > 0");
	await condition.blur();
	await patient(page.getByRole('alert').getByText(/prise/).first()).toBeVisible();
	await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeDisabled();
	await expectClean(page, 'a step with a problem');

	await page.getByRole('tab', { name: 'YAML' }).click();
	const yaml = page.getByRole('textbox', { name: /as YAML$/ });
	await expect(yaml).toContainText('# Any metric over the same rows');
	const problem = page.getByRole('list', { name: 'Problems' }).getByRole('button');
	await expect(problem).toHaveText(/Line 15, column 33$/);
	await problem.click();
	await page.keyboard.press('Control+Shift+ArrowRight');
	await page.keyboard.type('price');
	await patient(preview.getByText(/560 → 123 rows/)).toBeVisible();
	await expectClean(page, 'the text');
	await page.getByRole('tab', { name: 'Steps' }).click();
	await page.getByRole('button', { name: /^Step 2, Filter/ }).press('Alt+ArrowUp');
	await expect(page.getByRole('button', { name: /^Step 1, Filter/ })).toBeFocused();
	await page.keyboard.press('Control+z');
	await expect(page.getByRole('button', { name: /^Step 2, Filter/ })).toBeVisible();
	await page.getByRole('tab', { name: 'SQL' }).click();
	await patient(page.getByText('WHERE symbol = ')).toBeVisible();

	// What is not saved is there when somebody comes back to it.
	const list = page.getByRole('navigation', { name: 'Recipes' });
	await list.getByRole('button', { name: 'New recipe' }).click();
	await page.getByRole('menuitem', { name: 'New recipe' }).click();
	await patient(page.getByRole('heading', { name: 'recipe', level: 1 })).toBeVisible();
	await list.getByRole('button', { name: 'moving average not saved' }).click();
	await patient(page.getByRole('button', { name: /^Step 2, Filter/ })).toBeVisible();

	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await expectClean(page, 'the question of a run');
	await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
	await patient(page.getByRole('heading', { name: 'smoothed_stocks', level: 1 })).toBeVisible();
	const made = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const [versions, history] = [
			await weir.versions('smoothed_stocks'),
			await weir.documentHistory('recipe', 'moving average')
		];
		if (!versions.ok || !history.ok) throw new Error('nothing was made');
		const lineage = versions.value[0]?.lineage;
		return {
			rows: versions.value[0]?.rowCount,
			isNewest: lineage?.recipe === history.value.at(-1)?.version,
			texts: history.value.length
		};
	});
	expect(made).toEqual({ rows: 123, isNewest: true, texts: 2 });
});

test('a step in JavaScript shows its rows, is tested and undone, runs in a pipeline, and tells where columns come from', async ({
	scripted: page
}) => {
	test.setTimeout(180_000);
	await openWorkspace(page);
	await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const saved = await weir.save('people', "SELECT range AS id, 'p' || range AS name FROM range(40000)");
		const text = `input: people
output: scored
steps:
  - filter: id < 39000
  - javascript:
      code: |
        export default ({ id }) => id * 2
      inputs: [id]
      outputs: { score: BIGINT }
      tests:
        - rows: [{ id: 2 }]
          expect: [{ score: 5 }]
  - derive: { label: name || score }
`;
		if (!saved.ok || !(await weir.saveDocument('recipe', 'scores', text)).ok) throw new Error('nothing was saved');
	});
	await page.getByRole('link', { name: 'Recipes' }).click();
	await page.getByRole('button', { name: 'scores', exact: true }).click();
	const preview = page.getByRole('region', { name: 'Preview' });
	await patient(preview.getByText(/^[\d,]+ → [\d,]+ rows × 4$/)).toBeVisible();
	await page.getByRole('button', { name: /^Step 2, JavaScript/ }).click();
	await patient(preview.getByText('+ score', { exact: true })).toBeVisible();
	await page.getByRole('button', { name: 'Run its test' }).click();
	await patient(page.getByText('0 of 1 passed')).toBeVisible();
	await expect(page.getByText('[{"score":4}]')).toBeVisible();
	await expectClean(page, 'a function and its test');

	const code = page.getByRole('textbox', { name: /^Function/ });
	await code.fill('export default ({ id }) => id.nothing.at.all\n');
	await code.blur();
	await patient(preview.getByText(/row 0/)).toBeVisible();
	await page.keyboard.press('Control+z');
	await expect(code).toHaveValue('export default ({ id }) => id * 2\n');
	await code.fill('export default ({ id }) => id * 2 + 1\n');
	await code.blur();
	await preview.getByRole('button', { name: 'All rows' }).click();
	await patient(preview.getByText('39,000 → 39,000 rows × 3')).toBeVisible();
	await page.getByRole('tab', { name: 'SQL' }).click();
	await patient(page.getByText('-- Step 2 is JavaScript: called for each of them')).toBeVisible();
	await page.getByRole('button', { name: 'Run', exact: true }).click();
	await page.getByRole('dialog').getByRole('button', { name: 'Run' }).click();
	await patient(page.getByRole('heading', { name: 'scored', level: 1 })).toBeVisible();

	const piped = await page.evaluate(async () => {
		const { weir } = globalThis as never as WithWeir;
		const text = `name: nightly
steps:
  - { id: score, kind: transform, recipe: scores, into: nightly_scores }
`;
		const states: unknown[] = [];
		if (!(await weir.savePipeline(text)).ok) throw new Error('no pipeline');
		const run = async (): Promise<string> => {
			const ran = await weir.runPipeline('nightly');
			if (!ran.ok) throw new Error(JSON.stringify(ran.error));
			states.push(ran.value.steps);
			return ran.value.id;
		};
		const first = await run();
		await run();
		const recipe = await weir.document('recipe', 'scores');
		if (!recipe.ok) throw new Error('no recipe');
		await weir.saveDocument('recipe', 'scores', recipe.value.text.replace('id * 2 + 1', 'id * 2 + 1.0'));
		await run();
		const from: string[] = [];
		JSON.parse(JSON.stringify(await weir.lineageEvents({ run: first })), (key, value: unknown) => {
			const { inputFields = [] } = (value ?? {}) as { readonly inputFields?: readonly { readonly field: string }[] };
			if (key === 'label') from.push(...inputFields.map(({ field }) => field));
			return value;
		});
		const answer = await weir.sql('SELECT sum(score)::DOUBLE AS total, max(label) AS label FROM nightly_scores');
		return {
			states,
			rows: answer.ok ? await answer.value.rows() : null,
			from: [...new Set(from)].sort()
		};
	});
	expect(piped.states).toEqual([{ score: 'succeeded' }, { score: 'unchanged' }, { score: 'succeeded' }]);
	expect(piped.rows).toEqual([{ total: 1_521_000_000, label: 'p999919999' }]);
	expect(piped.from).toEqual(['id', 'name']);
});
