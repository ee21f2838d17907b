// Which incidents are told now, together with which, and on which channels.
import { silenceOf, type Incident, type Notice, type NoticeKind, type Silence } from './incident.ts';
import {
	alertSeverities,
	channelKey,
	type AlertRule,
	type AlertSeverity,
	type Channel,
	type NamedRule
} from './rule.ts';

export type Told = { readonly incidents: readonly Incident[]; readonly notices: readonly Notice[] };

type Saying = {
	readonly kind: NoticeKind;
	readonly severity: AlertSeverity;
	readonly channels: readonly Channel[];
	readonly incident: Incident;
};

export function noticesOf(
	incidents: readonly Incident[],
	rules: ReadonlyMap<string, NamedRule>,
	{ silences, nowMs }: { readonly silences: readonly Silence[]; readonly nowMs: number }
): Told {
	const sayings: Saying[] = [];
	const after = incidents.map((incident) => {
		if (silenceOf(incident, silences, nowMs)) return incident;
		if (incident.state === 'resolved') {
			if (!incident.owesRecovery) return incident;
			const { severity, toldOn } = incident;
			sayings.push({ kind: 'recovery', severity, channels: toldOn, incident });
			return { ...incident, owesRecovery: false };
		}
		const rule = rules.get(incident.rule)?.rule;
		// While it is fine and not yet over, it may be over soon.
		if (!rule || incident.state !== 'firing' || incident.fineSinceMs !== null || incident.acknowledged) return incident;
		return escalated(toldOf(incident, rule, nowMs, sayings), rule, nowMs, sayings);
	});
	return { incidents: after, notices: gathered(sayings, nowMs) };
}

function toldOf(incident: Incident, rule: AlertRule, nowMs: number, sayings: Saying[]): Incident {
	if (incident.dueAtMs === null || incident.dueAtMs > nowMs) return incident;
	const kind = incident.toldAtMs === null ? 'firing' : 'repeat';
	sayings.push({ kind, severity: incident.severity, channels: rule.notify, incident });
	return {
		...incident,
		firstToldAtMs: incident.firstToldAtMs ?? nowMs,
		toldAtMs: nowMs,
		toldCount: incident.toldCount + 1,
		toldOn: together(incident.toldOn, rule.notify),
		dueAtMs: rule.repeatMs === null ? null : nowMs + rule.repeatMs
	};
}

function escalated(incident: Incident, rule: AlertRule, nowMs: number, sayings: Saying[]): Incident {
	let risen = incident;
	for (const step of rule.escalations.slice(incident.escalationCount)) {
		if (risen.firstToldAtMs === null || risen.firstToldAtMs + step.afterMs > nowMs) break;
		const severity = step.severity ?? risen.severity;
		risen = {
			...risen,
			severity,
			escalationCount: risen.escalationCount + 1,
			toldOn: together(risen.toldOn, step.notify)
		};
		sayings.push({ kind: 'escalation', severity, channels: step.notify, incident: risen });
	}
	return risen;
}

function together(some: readonly Channel[], others: readonly Channel[]): readonly Channel[] {
	const byKey = new Map([...some, ...others].map((channel) => [channelKey(channel), channel]));
	return [...byKey.values()];
}

/** One notice for each group, kind and channel; in an order that does not depend on that of the incidents. */
function gathered(sayings: readonly Saying[], atMs: number): readonly Notice[] {
	const byKey = new Map<string, Notice>();
	for (const { kind, severity, channels, incident } of sayings) {
		const { id, ruleName, subject, dataset, sinceMs, resolvedAtMs, cause, facts, group } = incident;
		const noticed = { id, ruleName, subject, dataset, severity, sinceMs, resolvedAtMs, cause, facts };
		for (const channel of together([], channels)) {
			const key = JSON.stringify([group, kind, channelKey(channel)]);
			const known = byKey.get(key);
			byKey.set(key, {
				kind,
				channel,
				group,
				atMs,
				severity: known ? graver(known.severity, severity) : severity,
				incidents: [...(known?.incidents ?? []), noticed].toSorted((one, other) => (one.id < other.id ? -1 : 1))
			});
		}
	}
	return [...byKey].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([, notice]) => notice);
}

function graver(one: AlertSeverity, other: AlertSeverity): AlertSeverity {
	return alertSeverities.indexOf(one) >= alertSeverities.indexOf(other) ? one : other;
}
