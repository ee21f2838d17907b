// Looks at every rule that is switched on, and stores what follows together with the notices that are to be sent.
import type { SeenEvidence } from '../core/alert/alert-history.ts';
import { newDelivery } from '../core/alert/delivery.ts';
import type { Incident, Notice } from '../core/alert/incident.ts';
import { isOfModels, type NamedRule } from '../core/alert/rule.ts';
import { signalsOf, type AlertPast, type Signal } from '../core/alert/signals.ts';
import { nextChangeMs, step, type AlertEvent, type AlertFrame } from '../core/alert/step.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { AlertState } from '../db/alerts.ts';
import { activeRules } from './alert-rules.ts';
import { readPast } from './alert-past.ts';
import type { Effects } from './effects.ts';
import { measureDrifts } from './measure-drifts.ts';
import { measureWatch, WATCHED } from './watch-model.ts';

/** Whoever changes incidents holds it. */
export const ALERTS_LOCK = 'alerts';

export type Looked = {
	readonly noticeCount: number;
	/** When something changes although nothing happens; null when nothing will. */
	readonly nextMs: number | null;
};

/** One page at a time: it waits for another one that looks, or answers null. */
export async function lookAtAlerts(effects: Effects, mayWait = false): Promise<Result<Looked | null, StoreFailure>> {
	const measured = await measureHeads(effects);
	if (!measured.ok) return measured;
	const looked = await effects.lock(ALERTS_LOCK, mayWait, () => look(effects));
	return looked === 'busy' ? ok(null) : looked;
}

/** Before anybody else has to wait: it may have to read rows. */
async function measureHeads(effects: Effects): Promise<Result<void, StoreFailure>> {
	const rules = await activeRules(effects);
	if (!rules.ok) return rules;
	for (const { rule } of rules.value) {
		const { condition } = rule;
		if (condition.kind === 'drift') {
			const measured = await measureDrifts({ dataset: condition.dataset, versions: 1 }, effects);
			if (!measured.ok) return measured;
		}
		if (isOfModels(condition)) {
			const measured = await measureWatch({ dataset: condition.dataset, versions: WATCHED }, effects);
			if (!measured.ok) return measured;
		}
	}
	return ok(undefined);
}

async function look(effects: Effects): Promise<Result<Looked, StoreFailure>> {
	const rules = await activeRules(effects);
	if (!rules.ok) return rules;
	const state = await effects.alerts.state();
	if (!state.ok) return state;
	if (rules.value.length === 0 && state.value.incidents.length === 0) return ok({ noticeCount: 0, nextMs: null });
	const past = await readPast(
		rules.value.map(({ rule }) => rule.condition),
		effects
	);
	if (!past.ok) return past;
	const frame = { rules: rules.value, silences: state.value.silences, nowMs: effects.now() };
	const after = followSignals(state.value, past.value, frame);
	if (after.isChanged) {
		const deliveries = after.notices.map((notice) => newDelivery(effects.randomId(), notice));
		const { incidents, closed, seen } = after;
		const stored = await effects.alerts.commit({
			before: state.value.incidents,
			after: incidents,
			closed,
			deliveries,
			seen
		});
		if (!stored.ok) return stored;
	}
	const changeMs = nextChangeMs(after.incidents, frame);
	const agesMs = nextAgeMs(rules.value, past.value, frame.nowMs);
	const nextMs = Math.min(changeMs ?? Infinity, agesMs);
	return ok({ noticeCount: after.notices.length, nextMs: Number.isFinite(nextMs) ? nextMs : null });
}

type Followed = {
	readonly incidents: readonly Incident[];
	readonly closed: readonly Incident[];
	readonly notices: readonly Notice[];
	readonly seen: SeenEvidence;
	readonly isChanged: boolean;
};

function followSignals(state: AlertState, past: AlertPast, frame: AlertFrame): Followed {
	let open = state.incidents;
	const closed: Incident[] = [];
	const notices: Notice[] = [];
	const seen: Record<string, Readonly<Record<string, string>>> = {};
	const take = (event: AlertEvent): void => {
		const stepped = step(open, event, frame);
		open = stepped.incidents;
		closed.push(...stepped.closed);
		notices.push(...stepped.notices);
	};
	for (const named of frame.rules) {
		const bySubject = new Map<string, Signal[]>();
		for (const signal of signalsOf(named.rule.condition, past, frame.nowMs)) {
			const own = bySubject.get(signal.subject);
			if (own) own.push(signal);
			else bySubject.set(signal.subject, [signal]);
		}
		for (const { rule, subject } of open)
			if (rule === named.id && !bySubject.has(subject)) take({ kind: 'gone', rule, subject });
		const before = state.seen[named.id] ?? {};
		seen[named.id] = Object.fromEntries(
			[...bySubject].map(([subject, signals]) => [subject, signals.at(-1)?.evidence ?? ''])
		);
		const fresh = [...bySubject].flatMap(([subject, signals]) => freshOf(signals, before[subject]));
		for (const signal of fresh.toSorted((one, other) => one.atMs - other.atMs))
			take({ kind: 'signal', rule: named.id, signal });
	}
	take({ kind: 'tick' });
	const isChanged =
		closed.length + notices.length > 0 ||
		open.length !== state.incidents.length ||
		open.some((one, at) => one !== state.incidents[at]) ||
		JSON.stringify(seen) !== JSON.stringify(state.seen);
	return { incidents: open, closed, notices, seen, isChanged };
}

/** Those after the one that was looked at last; only the newest where that is not known, as when the rule was just switched on. */
function freshOf(signals: readonly Signal[], seen: string | undefined): readonly Signal[] {
	const at = signals.findLastIndex(({ evidence }) => evidence === seen);
	return at < 0 ? signals.slice(-1) : signals.slice(at + 1);
}

/** When the next version becomes too old. */
function nextAgeMs(rules: readonly NamedRule[], { datasets }: AlertPast, nowMs: number): number {
	const times = rules.flatMap(({ rule: { condition } }) =>
		condition.kind === 'age'
			? datasets.map(({ versions }) => (versions.at(-1)?.atMs ?? Infinity) + condition.overMs)
			: []
	);
	return Math.min(Infinity, ...times.filter((time) => time > nowMs));
}
