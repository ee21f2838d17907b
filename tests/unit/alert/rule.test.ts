// The text of a rule: what it says, where it is wrong, and how a form changes it.
import Ajv from 'ajv';
import { format, resolveConfig } from 'prettier';
import { describe, expect, test } from 'vitest';
import { exampleCondition } from '#core/alert/example-rules.ts';
import { parseRule } from '#core/alert/parse-rule.ts';
import { alertJsonSchema } from '#core/alert/rule-schema.ts';
import type { AlertRule } from '#core/alert/rule.ts';
import { editRule, newRuleText } from '#core/alert/write-rule.ts';
import { alertFields } from '#lib/ui/alert/alert-fields.ts';
import { conditionKinds, conditionText } from '#lib/ui/alert/alert-words.ts';
import { alertProblemWords } from '#lib/ui/explain-alert.ts';

const whole = `# Who is called at night.
description: Films go wrong
severity: critical
when:
  verdict: { dataset: movies, suite: films, checks: [ ids ], outcome: warn, each: check }
pending: { times: 2, for: 10m }
recovery: { hold_off: 15m }
group: { by: dataset, wait: 30s }
repeat: 4h
notify: [ page, browser, { webhook: 'https://hooks.example.org/a?b=c' } ]
escalate:
  - { after: 1h, notify: [ { email: [ boss@example.org ] } ] }
  - { after: 30m, severity: critical, notify: [ { email: [ ada@example.org ] } ] }
disabled: true
`;

function ruleIn(text: string): AlertRule {
	const parsed = parseRule(text);
	if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
	return parsed.value;
}

function faults(text: string): readonly string[] {
	const parsed = parseRule(text);
	if (parsed.ok) return [];
	return parsed.error.problems.map((problem) => {
		const { what, next } = alertProblemWords(problem);
		return `${problem.line}:${problem.column} ${what}. ${next}`;
	});
}

describe('a rule', () => {
	test('says everything, and is as usual where it says nothing', () => {
		expect(ruleIn(whole)).toMatchObject({
			severity: 'critical',
			isDisabled: true,
			condition: { kind: 'verdict', dataset: 'movies', checks: ['ids'], outcome: 'warn', each: 'check' },
			pending: { times: 2, forMs: 600_000 },
			recovery: { times: 1, forMs: 900_000 },
			groupBy: 'dataset',
			groupWaitMs: 30_000,
			repeatMs: 14_400_000,
			notify: [{ kind: 'page' }, { kind: 'browser' }, { kind: 'webhook' }],
			escalations: [{ afterMs: 1_800_000 }, { afterMs: 3_600_000 }]
		});
		expect(ruleIn('when:\n  age: { over: 1d }\n')).toMatchObject({
			severity: 'warning',
			isDisabled: false,
			condition: { kind: 'age', dataset: null, overMs: 86_400_000 },
			pending: { times: 1, forMs: 0 },
			repeatMs: null,
			notify: [{ kind: 'page' }]
		});
	});

	test.each([
		[
			'severity: high\nwhen: { age: { over: 1d } }\n',
			['1:11 “high” is not known here. Use one of info, warning and critical.']
		],
		['when: {}\n', ['1:7 The rule has no condition. Write one below when, such as verdict: { outcome: fail }.']],
		[
			'when:\n  age: { over: 1d }\n  run: {}\n',
			['3:3 age and run cannot stand in one rule. Give each a rule of its own.']
		],
		['when:\n  ages: { over: 1d }\n', ['2:3 ages means nothing here. Did you mean age?']],
		['when:\n  age: { over: soon }\n', ['2:16 soon is no time. Write a number and s, m, h, d or w, such as 30m.']],
		[
			'when:\n  metric: { of: null_ratio }\n',
			[
				'2:11 It says nothing without above or below. Add above: here.',
				'2:11 It says nothing without column. Add column: here.'
			]
		],
		[
			'when: { run: {} }\nnotify: [ page, pager ]\n',
			[
				'2:17 pager is no way to tell anyone. Write page, browser, { webhook: https://… } or { email: [ name@example.org ] }.'
			]
		],
		[
			'when: { run: {} }\nnotify: [ { webhook: http://example.org/ } ]\n',
			[expect.stringContaining('is no way to tell anyone') as never]
		],
		[
			'when: { run: {} }\nnotify: [ { email: [ "a@b.org\\nBcc: c@d.org" ] } ]\n',
			[expect.stringContaining('is no way to tell anyone') as never]
		],
		['', ['1:1 The text is empty. Begin with when: and a condition.']]
	])('%j is refused where it is wrong', (text, wanted) => {
		expect(faults(text)).toEqual(wanted);
	});

	test('is published as a JSON Schema, made from what reads it', async () => {
		const path = new URL('../../../static/schemas/alert.json', import.meta.url).pathname;
		const text = await format(JSON.stringify(alertJsonSchema()), { ...(await resolveConfig(path)), filepath: path });
		await expect(text).toMatchFileSnapshot(path);
		const accepts = new Ajv({ strict: false }).compile(alertJsonSchema());
		for (const [value, isFine] of [
			[{ when: { age: { over: '1d' } }, notify: ['page', { email: ['a@b.org'] }], repeat: 'never' }, true],
			[{ when: {} }, false],
			[{ when: { age: { over: '1d' }, run: {} } }, false],
			[{ when: { age: { over: 'soon' } } }, false],
			[{ when: { run: {} }, notify: ['pager'] }, false]
		] as const)
			expect(accepts(value), JSON.stringify(value)).toBe(isFine);
	});
});

const known = {
	datasets: ['movies', 'people'],
	suites: ['films'],
	pipelines: ['nightly'],
	checksOf: () => ['ids'],
	columnsOf: () => ['Title']
};

describe('a form', () => {
	test.each(conditionKinds)('begins a rule of %s that is off and can be read', (kind) => {
		for (const about of ['movies', null]) {
			const condition = exampleCondition(kind, about);
			const rule = ruleIn(newRuleText(condition));
			expect([rule.condition, rule.isDisabled]).toEqual([condition, true]);
			expect(conditionText(condition)).not.toMatch(/undefined|null/);
		}
	});

	test('changes only what it shows, and keeps comments', () => {
		const rule = ruleIn(whole);
		const field = (label: string) =>
			alertFields(rule, known)
				.flatMap(({ fields }) => fields)
				.find((one) => one.label === label);
		const edit = field('Dataset')?.edit('people');
		const after = editRule(whole, edit?.[0] ?? 'when', edit?.[1] ?? null);
		expect(ruleIn(after).condition).toMatchObject({ dataset: 'people', checks: ['ids'] });
		expect(after).toContain('# Who is called at night.');
		expect(after.split('\n')).toHaveLength(whole.split('\n').length);
	});

	test('shows every step of an escalation, changes one of them, adds one and takes one away', () => {
		let text = whole;
		const labels = () => alertFields(ruleIn(text), known).flatMap(({ fields }) => fields.map(({ label }) => label));
		const put = (label: string, value: string): void => {
			const field = alertFields(ruleIn(text), known)
				.flatMap(({ fields }) => fields)
				.find((one) => one.label === label);
			const edit = field?.edit(value);
			if (!edit) throw new Error(`nothing comes of ${label}`);
			text = editRule(text, ...edit);
		};
		const steps = () =>
			ruleIn(text).escalations.map(({ afterMs, severity, notify }) => [afterMs / 60_000, severity, notify]);
		expect(labels().filter((label) => /^Step \d: after/.test(label))).toHaveLength(2);
		put('Step 1: also webhook', 'https://hooks.example.org/night');
		put('Step 2: severity', 'info');
		put('Step 2: after', '2h');
		put('After 4h, also e-mail', 'cto@example.org, ceo@example.org');
		expect(steps()).toEqual([
			[
				30,
				'critical',
				[
					{ kind: 'email', to: ['ada@example.org'] },
					{ kind: 'webhook', url: 'https://hooks.example.org/night' }
				]
			],
			[120, 'info', [{ kind: 'email', to: ['boss@example.org'] }]],
			[240, null, [{ kind: 'email', to: ['cto@example.org', 'ceo@example.org'] }]]
		]);
		put('Step 2: also e-mail', '');
		expect(steps()).toHaveLength(2);
		expect(text).toContain('# Who is called at night.');
		put('Step 2: after', 'soon');
		expect(faults(text)).toHaveLength(1);
	});

	test.each(conditionKinds)('of %s writes what can be read again, whatever is put into its controls', (kind) => {
		const text = newRuleText(exampleCondition(kind, 'movies'));
		for (const { fields } of alertFields(ruleIn(text), known))
			for (const field of fields) {
				const values =
					field.choices?.map(({ value }) => value) ?? (field.kind === 'flag' ? ['true', ''] : ['3', '', 'x']);
				for (const value of values) {
					const edit = field.edit(value);
					if (!edit) continue;
					const after = editRule(text, ...edit);
					for (const fault of faults(after)) expect(fault, `${field.label}: ${value}`).toMatch(/^\d+:\d+ /);
					if (field.kind === 'choice') expect(faults(after), `${field.label}: ${value}`).toEqual([]);
				}
			}
	});
});
