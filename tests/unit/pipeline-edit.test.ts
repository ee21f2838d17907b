// YAML ↔ canvas ↔ YAML loses nothing: what an edit on the canvas does to the text of a pipeline.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDocument } from 'yaml';
import { editedModel, type PipelineEdit } from '#core/pipeline/edit-model.ts';
import { editPipeline } from '#core/pipeline/edit-pipeline.ts';
import { fieldsOf, readGraph, type Fields } from '#core/pipeline/edit-graph.ts';
import { examplePipelines, blankPipeline } from '#core/pipeline/example-pipelines.ts';
import { fieldsOfKind } from '#core/pipeline/edit-fields.ts';
import { parsePipeline } from '#core/pipeline/parse-pipeline.ts';

const edited = (text: string, edit: PipelineEdit): string => {
	const result = editPipeline(text, edit);
	if (!result.ok) throw new Error(`${JSON.stringify(result.error)} of ${JSON.stringify(edit)} in\n${text}`);
	return result.value;
};
const modelOf = (text: string): Fields => fieldsOf(parseDocument(text).toJS());

/** How somebody might have written a pipeline: each step in its own way, with comments wherever one may stand. */
const written = fc
	.record({
		steps: fc.array(
			fc.record({
				style: fc.constantFrom('block', 'flow', 'wide'),
				kind: fc.constantFrom('join', 'transform', 'check', 'branch'),
				needs: fc.subarray([0, 1, 2, 3]),
				isNeedsBlock: fc.boolean(),
				sql: fc.constantFrom('literal', 'plain', 'double', 'single', 'folded'),
				above: fc.constantFrom('', '# above it', '# one\n  # two'),
				beside: fc.constantFrom('', ' # beside', '   # "quoted": [x'),
				behind: fc.constantFrom('', '\n', '\n  # between\n\n', '    # its own last words\n')
			}),
			{ minLength: 1, maxLength: 6 }
		),
		head: fc.constantFrom('', '# A pipeline\n\n', '---\n# with a mark\n'),
		tail: fc.constantFrom(
			'',
			'# the end\n',
			'max_parallel: 3 # at the end\n',
			'on_failure:\n  - { id: told, kind: join } # tells\n'
		),
		hasOpenEnd: fc.boolean(),
		isCrlf: fc.boolean()
	})
	.map(({ steps, head, tail, hasOpenEnd, isCrlf }) => {
		const blocks = steps.map((step, index) => {
			const id = `s${index}`;
			const needs = step.needs.filter((need) => need < index).map((need) => `s${need}`);
			const query = `SELECT ${index} AS n -- # no comment`;
			const fields: string[] = [];
			const flow: string[] = [`id: ${id}`, `kind: ${step.kind}`];
			if (needs.length > 0) {
				flow.push(`needs: [${needs.join(', ')}]`);
				fields.push(
					step.isNeedsBlock
						? `needs:${step.beside}\n${needs.map((need) => `      - ${need}`).join('\n')}`
						: `needs: [${needs.join(', ')}]${step.beside}`
				);
			}
			if (step.kind === 'transform' || step.kind === 'check') {
				const quoted = JSON.stringify(query);
				flow.push(`sql: ${quoted}`);
				fields.push(
					{
						literal: `sql: |${step.beside}\n      ${query}\n\n      # not a comment either`,
						folded: `sql: >-\n      ${query}\n      and more`,
						plain: `sql: SELECT ${index} AS n${step.beside}`,
						double: `sql: ${quoted}${step.beside}`,
						single: `sql: '${query}'`
					}[step.sql]
				);
			}
			if (step.kind === 'transform') {
				flow.push(`into: t${index}`);
				fields.push(`into: t${index}${step.beside}`);
			}
			if (step.kind === 'branch') {
				flow.push(`cases: [{ if: SELECT true, then: [${id}] }]`);
				fields.push(`cases:\n      - if: SELECT true\n        then: [${id}]${step.beside}`);
			}
			const above = step.above === '' ? '' : `  ${step.above}\n`;
			const body =
				step.style === 'flow'
					? `  - { ${flow.join(', ')} }${step.beside}\n`
					: step.style === 'wide'
						? `  - {\n      ${flow.join(',\n      ')}\n    }\n`
						: `  - id: ${id}${step.beside}\n    kind: ${step.kind}\n${fields.map((field) => `    ${field}\n`).join('')}`;
			const behind = step.style !== 'block' && step.behind.startsWith('    #') ? '' : step.behind;
			return above + body + behind;
		});
		const text = `${head}name: p # its name\nenv: { least: 1 }\n\nsteps: # all of them\n${blocks.join('')}${tail}`;
		const ended = hasOpenEnd ? text.replace(/\n+$/, '') : text;
		return isCrlf ? ended.replaceAll('\n', '\r\n') : ended;
	});

const pick = <T>(list: readonly T[], at: number): T => {
	const found = list[at % list.length];
	if (found === undefined) throw new Error('nothing to pick');
	return found;
};

/** An edit that may be made, and the one that takes it back. */
function pairOfEdits(
	text: string,
	choice: number,
	at: number,
	other: number
): readonly [PipelineEdit, PipelineEdit] | null {
	const graph = readGraph(text);
	if (!graph.ok) throw new Error('no graph');
	const steps = graph.value.steps.filter(({ list }) => list === 'steps');
	const step = pick(steps, at);
	const from = pick(steps, other);
	switch (choice) {
		case 0: {
			const made = { id: 'made', kind: 'transform', sql: 'SELECT 1 AS a\nFROM t\n', into: 'made' };
			return [
				{ kind: 'add', list: 'steps', after: step.id, isLinked: other % 2 === 0, step: made },
				{ kind: 'remove', id: 'made' }
			];
		}
		case 1:
			if (step.index <= from.index || step.needs.includes(from.id)) return null;
			return [
				{ kind: 'connect', from: from.id, to: step.id },
				{ kind: 'disconnect', from: from.id, to: step.id }
			];
		case 2:
			return [
				{ kind: 'rename', id: step.id, to: 'renamed' },
				{ kind: 'rename', id: 'renamed', to: step.id }
			];
		case 3:
			return [
				{ kind: 'set', id: step.id, path: ['timeout'], value: '10s' },
				{ kind: 'set', id: step.id, path: ['timeout'], value: undefined }
			];
		case 4:
			return [
				{ kind: 'set', id: step.id, path: ['retry', 'attempts'], value: 4 },
				{ kind: 'set', id: step.id, path: ['retry', 'attempts'], value: undefined }
			];
		case 8:
			return [
				{ kind: 'set-head', path: ['schedule', 'cron'], value: '0 6 * * *' },
				{ kind: 'set-head', path: ['schedule', 'cron'], value: undefined }
			];
		default: {
			const into = step.fields['into'];
			if (typeof into !== 'string') return null;
			return [
				{ kind: 'set', id: step.id, path: ['into'], value: 'elsewhere' },
				{ kind: 'set', id: step.id, path: ['into'], value: into }
			];
		}
	}
}

/** `EDIT_RUNS=5000` looks longer. */
const runs = { numRuns: Number(process.env['EDIT_RUNS'] ?? 200) };

describe('an edit on the canvas', () => {
	test('and the one that takes it back leave the text as it was, byte by byte', () => {
		fc.assert(
			fc.property(written, fc.constantFrom(0, 1, 2, 3, 4, 5, 8), fc.nat(20), fc.nat(20), (text, choice, at, other) => {
				const pair = pairOfEdits(text, choice, at, other);
				if (pair === null) return;
				expect(edited(edited(text, pair[0]), pair[1])).toBe(text);
			}),
			runs
		);
	});

	test('gives a text that says what was promised, and every line of other steps as it was', () => {
		const edits = fc.tuple(fc.nat(8), fc.nat(20), fc.nat(20));
		fc.assert(
			fc.property(written, fc.array(edits, { minLength: 1, maxLength: 5 }), (text, list) => {
				let now = text;
				for (const [choice, at, other] of list) {
					const graph = readGraph(now);
					if (!graph.ok) throw new Error('no graph');
					const { steps } = graph.value;
					const step = pick(steps, at);
					const edit: PipelineEdit | undefined =
						choice === 6
							? { kind: 'remove', id: step.id }
							: choice === 7
								? {
										kind: 'set',
										id: step.id,
										path: ['sql'],
										value: other % 2 === 0 ? 'SELECT 2' : 'SELECT 2\nFROM t # x\n'
									}
								: pairOfEdits(now, choice, at, other)?.[0];
					if (edit === undefined) continue;
					const promised = editedModel(modelOf(now), edit);
					if (!promised.ok) continue;
					const next = edited(now, edit);
					expect(modelOf(next)).toEqual(promised.value);
					expect(linesLostOutside(now, next, touchedBy(now, next))).toEqual([]);
					if (edit.kind !== 'remove') expect(commentsIn(next)).toEqual(commentsIn(now));
					now = next;
				}
			}),
			runs
		);
	});
});

/** Ids of steps that do not say the same in both. */
function touchedBy(before: string, after: string): readonly string[] {
	const graphs = [before, after].map(readGraph);
	const [one, other] = graphs.map((graph) => (graph.ok ? graph.value.steps : []));
	return (one ?? [])
		.filter(({ id, fields }) => {
			const same = other?.find((step) => step.id === id);
			return JSON.stringify(same?.fields) !== JSON.stringify(fields);
		})
		.map(({ id }) => id);
}

/** Lines that stood neither in one of the steps nor in the comment above it, and that are gone or in another order. */
function linesLostOutside(before: string, after: string, ids: readonly string[]): readonly string[] {
	const [old, now] = [before.split(/\r?\n/), after.split(/\r?\n/)];
	const graph = readGraph(before);
	const steps = graph.ok ? graph.value.steps : [];
	const spans = steps
		.filter(({ id }) => ids.includes(id))
		.map(({ at, list }) => {
			const behind = steps.filter((step) => step.at.line > at.line).map((step) => step.at.line - 1);
			let from = at.line - 1;
			while (/^ {2}# /.test(old[from - 1] ?? '')) from--;
			return { from: list === 'on_failure' ? from - 1 : from, to: Math.min(old.length, ...behind) };
		});
	const outside = old.filter((_line, at) => !spans.some(({ from, to }) => at >= from && at < to));
	let at = 0;
	return outside.filter((line) => {
		const found = now.indexOf(line, at);
		if (found >= 0) at = found + 1;
		return found < 0;
	});
}

const commentsIn = (text: string): readonly string[] =>
	[
		...text.matchAll(
			/# (above it|one|two|beside|"quoted": \[x|between|its own last words|the end|at the end|tells|its name|all of them)/g
		)
	]
		.map(([comment]) => comment)
		.sort();

describe('the text of an edit', () => {
	const text = `name: p
steps:
  # Brings it in
  - id: a # the first
    kind: ingest
    sample: movies # a sample
    into: movies

  - { id: b, kind: transform, needs: [a], sql: SELECT 1 AS n, into: b }
  - id: c
    kind: check
    needs:
      - a # since it reads it
      - b
    sql: |
      SELECT true
`;
	const cases: readonly (readonly [string, PipelineEdit, string, string])[] = [
		[
			'a value keeps the comment beside it',
			{ kind: 'set', id: 'a', path: ['sample'], value: 'stocks' },
			'    sample: movies # a sample\n',
			'    sample: stocks # a sample\n'
		],
		[
			'a list keeps its way of writing',
			{ kind: 'disconnect', from: 'b', to: 'c' },
			'      - a # since it reads it\n      - b\n',
			'      - a # since it reads it\n'
		],
		[
			'a text of several lines becomes a block',
			{ kind: 'set', id: 'c', path: ['sql'], value: 'SELECT count(*) > 0\nFROM b\n' },
			'      SELECT true\n',
			'      SELECT count(*) > 0\n      FROM b\n'
		],
		[
			'a new step stands behind the one it needs',
			{ kind: 'add', list: 'steps', after: 'a', isLinked: true, step: { id: 'd', kind: 'join' } },
			'    into: movies\n',
			'    into: movies\n  - id: d\n    kind: join\n    needs: [a]\n'
		],
		[
			'who needed a removed step needs what that needed',
			{ kind: 'remove', id: 'b' },
			'  - { id: b, kind: transform, needs: [a], sql: SELECT 1 AS n, into: b }\n  - id: c\n    kind: check\n    needs:\n      - a # since it reads it\n      - b\n',
			'  - id: c\n    kind: check\n    needs:\n      - a # since it reads it\n'
		],
		[
			'a name is changed where others say it',
			{ kind: 'rename', id: 'a', to: 'films' },
			'needs: [a], sql',
			'needs: [films], sql'
		],
		[
			'a schedule stands behind what else is said of the pipeline',
			{ kind: 'set-head', path: ['schedule', 'on_file', 'folder'], value: 'inbox' },
			'name: p\nsteps:',
			'name: p\nschedule:\n  on_file:\n    folder: inbox\nsteps:'
		]
	];
	test.each(cases)('%s', (_name, edit, before, after) => {
		const next = edited(text, edit);
		expect(text).toContain(before);
		expect(next).toContain(after);
		if (edit.kind !== 'rename') expect(next).toBe(text.replace(before, after));
	});

	test('changes and takes away what is said of the pipeline in its own line', () => {
		const example = examplePipelines.find(({ name }) => name === 'movies-by-genre')?.text ?? '';
		expect(edited(example, { kind: 'set-head', path: ['schedule', 'time_zone'], value: 'UTC' })).toBe(
			example.replace('time_zone: Europe/Berlin', 'time_zone: UTC')
		);
		expect(edited(example, { kind: 'set-head', path: ['schedule'], value: undefined })).toBe(
			example.replace(/^schedule: .*\n/m, '')
		);
	});

	test('is refused with a reason where it cannot be made', () => {
		const kindOf = (on: string, edit: PipelineEdit): string => {
			const result = editPipeline(on, edit);
			return result.ok ? 'made' : result.error.kind;
		};
		expect(kindOf('name: [', { kind: 'remove', id: 'a' })).toBe('not-yaml');
		expect(kindOf(text, { kind: 'remove', id: 'z' })).toBe('unknown-step');
		expect(kindOf(text, { kind: 'rename', id: 'a', to: 'B' })).toBe('id-taken');
		expect(kindOf(blankPipeline('p'), { kind: 'remove', id: 'first' })).toBe('last-step');
		const shared =
			'name: p\nsteps:\n  - &one { id: a, kind: join }\n  - { id: b, kind: join, needs: &n [a] }\n  - { id: c, kind: join, needs: *n }\n';
		expect(kindOf(shared, { kind: 'connect', from: 'c', to: 'b' })).toBe('shared-text');
	});
});

test('the code of a function is a field of several lines, and stays what it is as text', () => {
	const field = fieldsOfKind('transform').find(({ key }) => key === 'function');
	if (field?.form.control !== 'group') throw new Error('a function has fields of its own');
	expect(field.form.fields.find(({ key }) => key === 'code')?.form).toEqual({ control: 'code' });
	const text = 'name: p\nsteps:\n  - id: f\n    kind: transform\n    input: movies\n    into: f\n';
	const code = 'const one = 1; // of each\nexport default (row) => {\n\treturn row["IMDB Rating"] + one;\n};\n';
	const begun = edited(text, { kind: 'set', id: 'f', path: ['function', 'code'], value: code });
	const written = edited(begun, { kind: 'set', id: 'f', path: ['function', 'outputs'], value: { x: 'DOUBLE' } });
	const parsed = parsePipeline(written);
	expect(parsed.ok && parsed.value.steps[0]?.work).toMatchObject({ rows: { fn: { code } } });
	expect(written).toContain('\treturn row["IMDB Rating"] + one;\n');
});

test('every example is a pipeline', () => {
	const texts = [...examplePipelines.map((example) => example.text), blankPipeline('a-new_one')];
	expect(texts.map((text) => parsePipeline(text).ok)).toEqual(texts.map(() => true));
});
