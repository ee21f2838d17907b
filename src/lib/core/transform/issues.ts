// Turns what the schemas find into findings: which key is unknown or missing, or what should stand there instead.
import type * as v from 'valibot';
import { nearest } from '../nearest.ts';
import type { Finding, Path } from './problem.ts';

type Issue = v.BaseIssue<unknown>;
type Located = { readonly issue: Issue; readonly own: Path };
/** What of a schema is walked to tell the keys known at a place. */
type Walked = {
	readonly type?: string;
	readonly entries?: Readonly<Record<string, Walked>>;
	readonly options?: readonly unknown[];
	readonly wrapped?: Walked;
	readonly item?: Walked;
	readonly items?: readonly Walked[];
	readonly value?: Walked;
	readonly expects?: string;
};

/** `base` is where the value that was asked stands. */
export function issueFindings(issues: readonly Issue[], schema: unknown, base: Path): readonly Finding[] {
	return issues.flatMap((issue) => deepest(issue).map((one) => findingOf(one, schema as Walked, base)));
}

/** Of a choice that nothing met, the faults of the choice that came furthest. */
function deepest(issue: Issue): readonly Located[] {
	const own = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
	// Those of a choice count their paths from the choice.
	const inner = (issue.issues ?? []).flatMap(deepest).filter(({ own: path }) => path.length > 0);
	const furthest = Math.max(0, ...inner.map(({ own: path }) => path.length));
	if (inner.length === 0) return [{ issue, own }];
	return inner
		.filter(({ own: path }) => path.length === furthest)
		.map((one) => ({ ...one, own: [...own, ...one.own] }));
}

function findingOf({ issue, own }: Located, schema: Walked, base: Path): Finding {
	const path = [...base, ...own];
	const key = String(own.at(-1) ?? '');
	if (issue.type === 'strict_object' && issue.expected === 'never') {
		const known = knownKeys(schema, own.slice(0, -1));
		return { path, what: 'unknown-key', key, nearest: nearest(key, known), known };
	}
	if (issue.received === 'undefined') return { path, what: 'missing-key', key };
	return { path, what: 'wrong-value', expected: expectation(issue), found: words(issue.received) };
}

function expectation({ expected, type, requirement }: Issue): string {
	if (type === 'min_entries' || (type === 'min_length' && requirement === 1)) return 'at least one entry';
	if (type === 'integer') return 'a whole number';
	return words(expected ?? '');
}

function words(types: string): string {
	return types
		.replace(/[()]/g, '')
		.replaceAll('null', 'nothing')
		.replaceAll('Array', 'a list')
		.replaceAll('Object', 'keys with values')
		.replaceAll('string', 'a text')
		.replaceAll('number', 'a number')
		.replaceAll('boolean', 'true or false')
		.replaceAll(' | ', ' or ');
}

function knownKeys(schema: Walked, path: Path): readonly string[] {
	const [key, ...rest] = path;
	if (schema.wrapped) return knownKeys(schema.wrapped, path);
	if (schema.type === 'union')
		return [...new Set((schema.options ?? []).flatMap((one) => knownKeys(one as Walked, path)))];
	if (key === undefined) return Object.keys(schema.entries ?? {});
	const next = schema.entries?.[key] ?? schema.item ?? schema.items?.[Number(key)] ?? schema.value;
	return next ? knownKeys(next, rest) : [];
}
