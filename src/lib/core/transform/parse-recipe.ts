// Reads the text of a recipe: YAML 1.2, every fault of it with its place.
import * as v from 'valibot';
import { LineCounter, parseDocument, visit } from 'yaml';
import { nearest } from '../nearest.ts';
import { err, ok, type Result } from '../result.ts';
import { expressionFindings } from './expressions.ts';
import { issueFindings } from './issues.ts';
import type { Finding, Path, Problem, RecipeProblems } from './problem.ts';
import type { Recipe, RecipeInput, Step, StepBody } from './recipe.ts';
import { valueFindings } from './step-values.ts';
import { recipeEntries, stepCommon, stepKinds, stepSchemas, type StepKind } from './step-schemas.ts';
import { placeOf, positionOf, type YamlText } from './yaml-place.ts';

export type ParsedRecipe = { readonly recipe: Recipe; readonly yaml: YamlText };

export function parseRecipe(text: string): Result<ParsedRecipe, RecipeProblems> {
	const yaml = readYaml(text);
	const broken = yamlProblems(yaml);
	if (broken.length > 0) return err({ kind: 'recipe-problems', problems: broken });
	const plain = plainOf(yaml);
	if (!plain.ok) return plain;
	const { recipe, findings } = readRecipe(plain.value);
	if (findings.length === 0 && recipe) return ok({ recipe, yaml });
	return err({ kind: 'recipe-problems', problems: placed(findings, yaml) });
}

export function readYaml(text: string): YamlText {
	const lines = new LineCounter();
	return { text, document: parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false }), lines };
}

export function placed(findings: readonly Finding[], yaml: YamlText): readonly Problem[] {
	const problems = findings.map(({ path, offset, ...facts }): Problem => {
		const isKey = keyed.has(facts.what) || ('name' in facts && facts.name === path.at(-1));
		const at = facts.what === 'missing-key' || facts.what === 'needs' ? path.slice(0, -1) : path;
		return { ...placeOf(yaml, at, { key: isKey, offset }), ...facts };
	});
	return problems.sort((one, other) => one.from - other.from);
}

/** What is told of a key, and not of the value behind it. */
const keyed: ReadonlySet<string> = new Set(['unknown-key', 'missing-key', 'needs', 'choose-one', 'two-kinds']);

function yamlProblems({ document, lines, text }: YamlText): readonly Problem[] {
	const problem = (from: number, to: number, reason: string): Problem => {
		const inside = Math.min(from, text.length);
		return {
			...positionOf(lines, inside),
			from: inside,
			to: Math.min(to, text.length),
			step: null,
			what: 'yaml',
			reason
		};
	};
	const faults = [...document.errors, ...document.warnings].map(({ message, pos: [from, to] }) =>
		problem(from, to, message.replace(/ at line \d+, column \d+[\s\S]*$/, ''))
	);
	visit(document, {
		Alias: (_key, alias) => {
			const [from = 0, to = 0] = alias.range ?? [];
			if (!alias.resolve(document))
				faults.push(problem(from, to, `${alias.source} is named nowhere by &${alias.source}`));
		}
	});
	return faults;
}

/** Texts whose aliases would grow without end, or name nothing, are refused by the YAML library itself. */
function plainOf(yaml: YamlText): Result<unknown, RecipeProblems> {
	try {
		return ok(yaml.document.toJS({ maxAliasCount: 100 }) as unknown);
	} catch (error) {
		if (!(error instanceof ReferenceError)) throw error;
		const problem: Problem = { ...placeOf(yaml, []), what: 'yaml', reason: error.message };
		return err({ kind: 'recipe-problems', problems: [problem] });
	}
}

type Read = { readonly recipe: Recipe | null; readonly findings: readonly Finding[] };

/** Of what YAML became: everything that is wrong with it, by its path. */
export function readRecipe(plain: unknown): Read {
	const wrong = (expected: string, found: unknown, path: Path = []): Read => ({
		recipe: null,
		findings: [{ path, what: 'wrong-value', expected, found: kindOf(found) }]
	});
	if (!isRecord(plain)) return wrong('input and steps, or sql', plain);
	const isSql = plain['sql'] !== undefined && plain['steps'] === undefined && plain['input'] === undefined;
	const { input: _input, ...others } = recipeEntries;
	const shape = isSql
		? v.strictObject({ ...others, sql: v.pipe(v.string(), v.minLength(1)) })
		: v.strictObject({ ...recipeEntries, steps: v.optional(v.nullable(v.array(v.unknown()))) });
	const top = v.safeParse(shape, plain);
	const findings: Finding[] = top.success ? [] : [...issueFindings(top.issues, shape, [])];
	const steps: Step[] = [];
	const given = Array.isArray(plain['steps']) ? (plain['steps'] as readonly unknown[]) : [];
	const taken = new Set<string>();
	for (const [index, one] of given.entries()) {
		const read = readStep(one, index);
		findings.push(...read.findings);
		if (!read.step) continue;
		steps.push(read.step);
		const name = read.step.name?.toLowerCase();
		if (name === undefined) continue;
		if (taken.has(name)) findings.push({ path: ['steps', index, 'name'], what: 'step-name-taken', name });
		taken.add(name);
	}
	if (!top.success) return { recipe: null, findings };
	const { description, output } = top.output as { readonly description?: string; readonly output?: string };
	const head = { description: description ?? null, output: output ?? null };
	if ('sql' in top.output) return { recipe: { ...head, inputs: [], steps: [], sql: top.output.sql }, findings };
	const { input } = top.output as { readonly input: string | Readonly<Record<string, string>> };
	return { recipe: { ...head, inputs: inputsOf(input), steps, sql: null }, findings };
}

function inputsOf(input: string | Readonly<Record<string, string>>): readonly RecipeInput[] {
	if (typeof input === 'string') return [{ name: input.split('@')[0] ?? input, reference: input }];
	return Object.entries(input).map(([name, reference]) => ({ name, reference }));
}

function readStep(
	given: unknown,
	index: number
): { readonly step: Step | null; readonly findings: readonly Finding[] } {
	const path = ['steps', index];
	const fail = (...findings: readonly Finding[]) => ({ step: null, findings });
	if (!isRecord(given))
		return fail({ path, what: 'wrong-value', expected: 'a step such as "filter: delay > 10"', found: kindOf(given) });
	const { name, disabled, ...rest } = given;
	const common = v.strictObject(stepCommon);
	const parsed = v.safeParse(common, {
		...(name === undefined ? {} : { name }),
		...(disabled === undefined ? {} : { disabled })
	});
	const findings: Finding[] = parsed.success ? [] : [...issueFindings(parsed.issues, common, path)];
	const keys = Object.keys(rest);
	const kinds = keys.filter(isStepKind);
	const unknown = keys.filter((key) => !isStepKind(key));
	const known = [...stepKinds, ...Object.keys(stepCommon)];
	for (const key of unknown)
		findings.push({ path: [...path, key], what: 'unknown-key', key, nearest: nearest(key, known), known });
	const [kind] = kinds;
	if (kind === undefined)
		return fail(...findings, ...(unknown.length > 0 ? [] : [{ path, what: 'no-kind' as const, known: stepKinds }]));
	if (kinds.length > 1) return fail(...findings, { path: [...path, kinds[1] ?? ''], what: 'two-kinds', kinds });
	const value = v.safeParse(stepSchemas[kind], rest[kind]);
	if (!value.success) return fail(...findings, ...issueFindings(value.issues, stepSchemas[kind], [...path, kind]));
	// The schema of its kind has just proved it.
	const body = { kind, value: value.output } as StepBody;
	findings.push(...valueFindings(body, path), ...expressionFindings(body, path));
	if (!parsed.success) return fail(...findings);
	const step = { ...body, index, name: parsed.output.name ?? null, isDisabled: parsed.output.disabled ?? false };
	return { step, findings };
}

function isStepKind(key: string): key is StepKind {
	return Object.hasOwn(stepSchemas, key);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function kindOf(value: unknown): string {
	if (value === null || value === undefined) return 'nothing';
	if (Array.isArray(value)) return 'a list';
	if (typeof value === 'object') return 'keys with values';
	if (typeof value === 'number' || typeof value === 'boolean') return String(value);
	return 'a text';
}
