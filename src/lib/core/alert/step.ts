// The life of incidents: one event at a time, at a time that is given. Who stores and sends is none of its business.
import type { Acknowledged, Incident, Notice, Silence } from './incident.ts';
import { noticesOf } from './notices.ts';
import type { AlertRule, NamedRule, Patience } from './rule.ts';
import type { Signal } from './signals.ts';

export type AlertEvent =
	| { readonly kind: 'signal'; readonly rule: string; readonly signal: Signal }
	/** Nothing but that time has passed. */
	| { readonly kind: 'tick' }
	/** What it is about is not there any more. */
	| { readonly kind: 'gone'; readonly rule: string; readonly subject: string };

/** What holds while an event is looked at. A rule that is switched off is not among them. */
export type AlertFrame = {
	readonly rules: readonly NamedRule[];
	readonly silences: readonly Silence[];
	readonly nowMs: number;
};

export type Stepped = {
	/** Those that go on: pending, firing, or with a recovery that a silence holds back. */
	readonly incidents: readonly Incident[];
	/** Those that ended with this event. */
	readonly closed: readonly Incident[];
	readonly notices: readonly Notice[];
};

/**
 * One event. A pending incident that is fine again is in neither list: nobody ever heard of it.
 *
 * Laws: an incident is told at most once in a repeat interval; one that was told has one recovery; one that is silenced is not told;
 * signals about other groups change nothing.
 */
export function step(incidents: readonly Incident[], event: AlertEvent, frame: AlertFrame): Stepped {
	const rules = new Map(frame.rules.map((named) => [named.id, named]));
	const after = taken(incidents, event, rules, frame.nowMs);
	const closed: Incident[] = [];
	let going: Incident[] = [];
	for (const incident of after) {
		const next = aged(incident, rules.get(incident.rule) ?? null, frame.nowMs);
		if (next === null) continue;
		going.push(next);
	}
	going = withDueTimes(going, rules, frame.nowMs);
	const told = noticesOf(going, rules, frame);
	const open: Incident[] = [];
	for (const incident of told.incidents)
		if (incident.state === 'resolved' && !incident.owesRecovery) closed.push(incident);
		else open.push(incident);
	return { incidents: open, closed, notices: told.notices };
}

function taken(
	incidents: readonly Incident[],
	event: AlertEvent,
	rules: ReadonlyMap<string, NamedRule>,
	nowMs: number
): readonly Incident[] {
	switch (event.kind) {
		case 'tick':
			return incidents;
		case 'gone':
			return incidents.flatMap((one) => {
				if (one.rule !== event.rule || one.subject !== event.subject || one.state === 'resolved') return [one];
				return one.state === 'pending' ? [] : [resolved(one, 'gone', nowMs)];
			});
		case 'signal': {
			const named = rules.get(event.rule);
			return named ? withSignal(incidents, named, event.signal) : incidents;
		}
	}
}

function withSignal(incidents: readonly Incident[], named: NamedRule, signal: Signal): readonly Incident[] {
	const isIts = (one: Incident): boolean =>
		one.rule === named.id && one.subject === signal.subject && one.state !== 'resolved';
	const current = incidents.find(isIts);
	if (!current) return signal.isBroken ? [...incidents, opened(named, signal)] : incidents;
	const next = changed(current, signal);
	return incidents.flatMap((one) => (one === current ? (next ?? []) : one));
}

/** Null when it was pending and is fine. */
function changed(incident: Incident, { isBroken, evidence, atMs, facts, dataset }: Signal): Incident | null {
	const isNew = evidence !== incident.evidence;
	if (isBroken) {
		const hasFlapped = incident.fineSinceMs !== null;
		return {
			...incident,
			dataset,
			evidence,
			facts,
			brokenCount: incident.brokenCount + (isNew ? 1 : 0),
			fineSinceMs: null,
			fineCount: 0,
			flapCount: incident.flapCount + (hasFlapped ? 1 : 0)
		};
	}
	if (incident.state === 'pending') return null;
	return {
		...incident,
		evidence,
		fineSinceMs: incident.fineSinceMs ?? atMs,
		fineCount: incident.fineCount + (isNew ? 1 : 0)
	};
}

function opened({ id: rule, name, rule: { severity, groupBy } }: NamedRule, signal: Signal): Incident {
	const { subject, dataset, evidence, atMs, facts } = signal;
	return {
		id: `${rule} ${subject} ${atMs}`,
		rule,
		ruleName: name,
		subject,
		dataset,
		severity,
		state: 'pending',
		sinceMs: atMs,
		brokenCount: 1,
		evidence,
		facts,
		firedAtMs: null,
		fineSinceMs: null,
		fineCount: 0,
		flapCount: 0,
		resolvedAtMs: null,
		cause: null,
		group: groupOf(groupBy, rule, signal),
		dueAtMs: null,
		firstToldAtMs: null,
		toldAtMs: null,
		toldCount: 0,
		toldOn: [],
		escalationCount: 0,
		acknowledged: null,
		owesRecovery: false
	};
}

function groupOf(groupBy: AlertRule['groupBy'], rule: string, { subject, dataset }: Signal): string {
	switch (groupBy) {
		case 'incident':
			return `incident ${rule} ${subject}`;
		case 'rule':
			return `rule ${rule}`;
		case 'dataset':
			return dataset === null ? `pipeline ${subject}` : `dataset ${dataset}`;
		case 'all':
			return 'all';
	}
}

/** What time alone changes: it fires, or it is over. Null when nobody need hear of it. */
function aged(incident: Incident, named: NamedRule | null, nowMs: number): Incident | null {
	if (incident.state === 'resolved') return incident;
	if (!named) {
		// Whoever switched the rule off knows; nobody is told.
		const ended = { ...resolved(incident, 'rule-off', nowMs), owesRecovery: false };
		return incident.state === 'pending' ? null : ended;
	}
	const { name: ruleName, rule } = named;
	const { state, sinceMs, brokenCount, fineSinceMs, fineCount } = incident;
	if (state === 'pending') {
		const isEnough = isPast(rule.pending, brokenCount, sinceMs, nowMs);
		return isEnough ? { ...incident, ruleName, state: 'firing', firedAtMs: nowMs } : incident;
	}
	const isOver = fineSinceMs !== null && isPast(rule.recovery, fineCount, fineSinceMs, nowMs);
	return isOver ? resolved(incident, 'recovered', nowMs) : incident;
}

function isPast({ times, forMs }: Patience, count: number, sinceMs: number, nowMs: number): boolean {
	return count >= times && nowMs - sinceMs >= forMs;
}

function resolved(incident: Incident, cause: Incident['cause'], nowMs: number): Incident {
	const owesRecovery = incident.toldAtMs !== null;
	return { ...incident, state: 'resolved', resolvedAtMs: nowMs, cause, owesRecovery, dueAtMs: null };
}

/** The first of a group sets when it is told; who joins meanwhile is told with it. */
function withDueTimes(
	incidents: readonly Incident[],
	rules: ReadonlyMap<string, NamedRule>,
	nowMs: number
): Incident[] {
	const dueByGroup = new Map<string, number>();
	for (const { group, dueAtMs, toldAtMs } of incidents)
		if (dueAtMs !== null && toldAtMs === null)
			dueByGroup.set(group, Math.min(dueAtMs, dueByGroup.get(group) ?? Infinity));
	return incidents.map((incident) => {
		const { state, toldAtMs, dueAtMs, acknowledged, group, rule } = incident;
		if (state !== 'firing' || toldAtMs !== null || dueAtMs !== null || acknowledged) return incident;
		const dueMs = dueByGroup.get(group) ?? nowMs + (rules.get(rule)?.rule.groupWaitMs ?? 0);
		dueByGroup.set(group, dueMs);
		return { ...incident, dueAtMs: dueMs };
	});
}

/** Somebody knows: it is told no more, but for its recovery. */
export function acknowledgedIn(
	incidents: readonly Incident[],
	id: string,
	acknowledged: Acknowledged
): readonly Incident[] {
	return incidents.map((one) =>
		one.id === id && one.state !== 'resolved' ? { ...one, acknowledged, dueAtMs: null } : one
	);
}

/** When something changes by itself; null when nothing will. */
export function nextChangeMs(incidents: readonly Incident[], { rules, silences, nowMs }: AlertFrame): number | null {
	const byId = new Map(rules.map(({ id, rule }) => [id, rule]));
	const times: number[] = [];
	for (const incident of incidents) {
		const rule = byId.get(incident.rule);
		if (!rule) continue;
		if (incident.state === 'pending' && incident.brokenCount >= rule.pending.times)
			times.push(incident.sinceMs + rule.pending.forMs);
		if (incident.state !== 'firing') continue;
		if (incident.fineSinceMs !== null && incident.fineCount >= rule.recovery.times)
			times.push(incident.fineSinceMs + rule.recovery.forMs);
		if (incident.fineSinceMs !== null) continue;
		if (incident.dueAtMs !== null) times.push(incident.dueAtMs);
		const next = rule.escalations[incident.escalationCount];
		if (next && incident.firstToldAtMs !== null && !incident.acknowledged)
			times.push(incident.firstToldAtMs + next.afterMs);
	}
	for (const { untilMs } of silences) if (untilMs > nowMs && incidents.length > 0) times.push(untilMs);
	const later = times.filter((time) => time > nowMs);
	return later.length === 0 ? null : Math.min(...later);
}
