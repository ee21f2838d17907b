// The gate of a pipeline: a version that a suite is against goes no further, or its good rows alone do, or it is only told.
import { CHECKED, rowsOf } from '../core/check/compile-suite.ts';
import { canQuarantine, quarantineSql, type Bad } from '../core/check/quarantine.ts';
import { parseSuite } from '../core/check/parse-suite.ts';
import type { SuiteVerdict } from '../core/check/verdict.ts';
import { resultId, type ResultId } from '../core/ids.ts';
import type { SuiteGate } from '../core/pipeline/pipeline.ts';
import type { LogLine, StepOutcome } from '../core/pipeline/run-record.ts';
import { ok, type Result } from '../core/result.ts';
import { withApplied, type ApplyFunctionFailure } from './apply-function.ts';
import { checkVersion, planChecks, rowsSqlOf, type CheckVersionFailure } from './check-version.ts';
import type { CheckpointOf, Committed } from './commit-table.ts';
import type { Effects } from './effects.ts';
import { findVersion } from './find-version.ts';
import { findDocument } from './list-documents.ts';
import { saveQuery, type SaveQueryFailure } from './save-query.ts';

export type Gated = {
	/** Names of checks that fail, or that could not be evaluated. */
	readonly failed: readonly string[];
	/** Of a quarantine: the good rows, with the others as rejects. */
	readonly committed: Committed | null;
	/** Whether what is behind it may go on. */
	readonly isOpen: boolean;
};

type GateInput = {
	readonly id: ResultId;
	readonly gate: SuiteGate;
	readonly message: string;
	readonly signal: AbortSignal;
	/** Called before anything is committed. */
	readonly onVerdict: (verdict: SuiteVerdict, failed: readonly string[]) => void;
	readonly checkpoint: CheckpointOf;
};

/** Nothing is committed unless the gate opens. */
export async function gateVersion(
	{ id, gate, message, signal, checkpoint, onVerdict }: GateInput,
	effects: Effects
): Promise<Result<Gated, CheckVersionFailure | SaveQueryFailure>> {
	const document = await findDocument('suite', gate.suite, effects);
	if (!document.ok) return document;
	const found = await findVersion(gate.dataset, effects);
	if (!found.ok) return found;
	const { item, version } = found.value;
	const { text, id: suiteVersion } = document.value.version;
	const suite = { name: document.value.document.name, text, version: suiteVersion };
	const checked = await checkVersion({ id, item, version, suite, isKept: true, signal }, effects);
	if (!checked.ok) return checked;
	const verdict = checked.value;
	const failing = verdict.checks.filter(({ outcome }) => outcome === 'fail' || outcome === 'error');
	const failed = failing.map(({ check }) => check);
	onVerdict(verdict, failed);
	if (gate.gate !== 'quarantine' || gate.into === null)
		return ok({ failed, committed: null, isOpen: failed.length === 0 || gate.gate === 'warn' });
	const parsed = parseSuite(text);
	if (!parsed.ok) return parsed;
	const plans = await planChecks(parsed.value, version, effects);
	if (!plans.ok) return plans;
	const bad: Bad[] = [];
	for (const { check, planned } of plans.value) {
		const of = failing.find((one) => one.check === check.name);
		if (!of) continue;
		// Of a mean, and of what could not be evaluated no row is at fault by itself.
		if (of.outcome === 'error' || !planned.ok || !canQuarantine(planned.value))
			return ok({ failed, committed: null, isOpen: false });
		bad.push({ check: check.name, plan: planned.value });
	}
	const named = (sql: string): string => rowsSqlOf(sql, item.dataset.name, version.id);
	const { into } = gate;
	return withAnswers({ id, bad, named, signal }, effects, async (answered) => {
		const queries = answered.length === 0 ? null : quarantineSql(answered);
		const sql = named(queries?.good ?? `SELECT * FROM ${CHECKED}`);
		const rejectsSql = queries && named(queries.bad);
		// What a function answered is in the engine only meanwhile, so that lineage names the version and the function.
		const functions = answered.flatMap(({ plan }) => (plan.plan.fn ? [plan.plan.fn.code] : []));
		const told = {
			sql: named(`SELECT * FROM ${CHECKED}`),
			inputs: [version.id],
			parameters: { functions: functions.join('\n\n') }
		};
		const made = { operation: 'sql' as const, rejectsSql, ...(functions.length > 0 ? { told } : {}) };
		const saved = await saveQuery(
			{ id, name: into, sql, whenTaken: 'new-version', message, signal, checkpoint, made },
			effects
		);
		return saved.ok ? ok({ failed, committed: saved.value, isOpen: true }) : saved;
	});
}

/** Calls the functions of checks, one after the other, and holds what they answer until `use` has ended. */
async function withAnswers<T, F>(
	given: {
		readonly id: ResultId;
		readonly bad: readonly Bad[];
		readonly named: (sql: string) => string;
		readonly signal: AbortSignal;
	},
	effects: Effects,
	use: (bad: readonly Bad[]) => Promise<Result<T, F>>
): Promise<Result<T, F | ApplyFunctionFailure>> {
	const { id, bad, named, signal } = given;
	const at = bad.findIndex(({ plan, rows }) => plan.plan.fn !== null && rows === undefined);
	const one = bad[at];
	if (!one?.plan.plan.fn) return use(bad);
	const sql = named(`SELECT * FROM ${rowsOf(one.plan, true)}`);
	return withApplied<T, F | ApplyFunctionFailure>(
		{ id: resultId(`${id}-gate-${at}`), sql, fn: one.plan.plan.fn, signal },
		effects,
		(applied) => {
			const answered = { ...one, rows: `(${applied.sql}\n)` };
			return withAnswers({ ...given, bad: bad.with(at, answered) }, effects, use);
		}
	);
}

/** What the log of a step tells of a verdict: every check that did not pass. */
export function gateLines({ checks }: SuiteVerdict): readonly Pick<LogLine, 'level' | 'text'>[] {
	return checks.flatMap(({ check, outcome, unexpectedCount }) => {
		if (outcome === 'pass') return [];
		const rows = unexpectedCount ? `: ${unexpectedCount} rows` : '';
		const text = outcome === 'error' ? `${check} could not be evaluated` : `${check} does not hold${rows}`;
		return [{ level: outcome === 'warn' ? ('warn' as const) : ('error' as const), text }];
	});
}

export function gateOutcome(
	{ checks }: SuiteVerdict,
	failed: readonly string[]
): Pick<StepOutcome, 'verdict' | 'assertions'> {
	const assertions = checks.map(({ check }) => ({ name: check, passed: !failed.includes(check) }));
	return { verdict: failed.length > 0 ? 'failed' : 'passed', assertions };
}
