// A rule over the history before it is switched on: when it would have fired, and what would have been told. The same steps as for real.
import type { Incident, RuleNoticeKind } from './incident.ts';
import type { NamedRule } from './rule.ts';
import { signalsOf, type AlertPast, type SignalFacts } from './signals.ts';
import { nextChangeMs, step, type AlertEvent, type AlertFrame } from './step.ts';

export type RehearsedIncident = {
	readonly subject: string;
	readonly sinceMs: number;
	readonly firedAtMs: number;
	/** Null of one that would still be open. */
	readonly resolvedAtMs: number | null;
	readonly flapCount: number;
	/** Notices that name it, by any channel. */
	readonly noticeCount: number;
	readonly facts: SignalFacts;
};

export type Rehearsal = {
	/** Oldest first. */
	readonly incidents: readonly RehearsedIncident[];
	readonly noticeCounts: Readonly<Record<RuleNoticeKind, number>>;
	/** How often the condition could be asked, of how many subjects, and how often it was broken. */
	readonly signalCount: number;
	readonly brokenCount: number;
	readonly subjects: readonly string[];
	/** Of the first signal; null when there is none. */
	readonly fromMs: number | null;
	readonly untilMs: number;
	/** Whether there was more than is rehearsed. */
	readonly isCut: boolean;
};

/** A repeat each second over years would never end. */
const STEPS_MAX = 20_000;

/** Without silences, and with nobody who acknowledges. */
export function rehearse(named: NamedRule, past: AlertPast, nowMs: number): Rehearsal {
	const rules = [{ ...named, rule: { ...named.rule, isDisabled: false } }];
	const signals = signalsOf(named.rule.condition, past, nowMs);
	const noticeCounts = { firing: 0, repeat: 0, escalation: 0, recovery: 0 };
	const noticesById = new Map<string, number>();
	const seen = new Map<string, Incident>();
	let open: readonly Incident[] = [];
	let stepCount = 0;
	const take = (event: AlertEvent, frame: AlertFrame): void => {
		const stepped = step(open, event, frame);
		open = stepped.incidents;
		stepCount++;
		for (const incident of [...open, ...stepped.closed])
			if (incident.firedAtMs !== null) seen.set(incident.id, incident);
		for (const { kind, incidents } of stepped.notices) {
			if (kind !== 'edition') noticeCounts[kind]++;
			for (const { id } of incidents) noticesById.set(id, (noticesById.get(id) ?? 0) + 1);
		}
	};
	let atMs = signals[0]?.atMs ?? nowMs;
	/** Everything that time alone does before a moment. */
	const passUntil = (untilMs: number): void => {
		for (;;) {
			const next = nextChangeMs(open, { rules, silences: [], nowMs: atMs });
			if (next === null || next >= untilMs || stepCount >= STEPS_MAX) break;
			atMs = next;
			take({ kind: 'tick' }, { rules, silences: [], nowMs: atMs });
		}
		atMs = untilMs;
	};
	for (const signal of signals) {
		passUntil(signal.atMs);
		if (stepCount >= STEPS_MAX) break;
		take({ kind: 'signal', rule: named.id, signal }, { rules, silences: [], nowMs: signal.atMs });
	}
	if (stepCount < STEPS_MAX) passUntil(nowMs + 1);
	return {
		incidents: [...seen.values()]
			.map((incident) => rehearsed(incident, noticesById.get(incident.id) ?? 0))
			.toSorted((one, other) => one.firedAtMs - other.firedAtMs),
		noticeCounts,
		signalCount: signals.length,
		brokenCount: signals.filter(({ isBroken }) => isBroken).length,
		subjects: [...new Set(signals.map(({ subject }) => subject))].sort(),
		fromMs: signals[0]?.atMs ?? null,
		untilMs: nowMs,
		isCut: stepCount >= STEPS_MAX
	};
}

function rehearsed(incident: Incident, noticeCount: number): RehearsedIncident {
	const { subject, sinceMs, firedAtMs, resolvedAtMs, flapCount, facts } = incident;
	return { subject, sinceMs, firedAtMs: firedAtMs ?? sinceMs, resolvedAtMs, flapCount, noticeCount, facts };
}
