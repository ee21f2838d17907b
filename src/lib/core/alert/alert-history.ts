// What became of alerts: incidents, the notices of them, silences, and what was looked at. It goes into backups and comes back from them.
import type { Delivery } from './delivery.ts';
import type { Incident, Silence } from './incident.ts';

/** By rule and subject: the newest evidence that was looked at. */
export type SeenEvidence = Readonly<Record<string, Readonly<Record<string, string>>>>;

export type AlertHistory = {
	readonly incidents: readonly Incident[];
	readonly deliveries: readonly Delivery[];
	readonly silences: readonly Silence[];
	readonly seen: SeenEvidence;
};

const NO_ALERTS: AlertHistory = { incidents: [], deliveries: [], silences: [], seen: {} };

/** It is not over, or nobody was told yet that it is. */
export function goesOn({ state, owesRecovery }: Incident): boolean {
	return state !== 'resolved' || owesRecovery;
}

/** In an empty workspace, as it was; but nobody is told a second time: what waited is given up, and can be sent by hand. */
export function restoredWhole(history: AlertHistory): AlertHistory {
	return { ...history, deliveries: history.deliveries.map(notSent) };
}

type AlertNames = {
	/** Of the document that says a rule; one that was removed keeps its id. */
	readonly ruleOf: (rule: string) => { readonly id: string; readonly name: string } | null;
	readonly datasetOf: (name: string) => string;
	readonly newId: () => string;
};

/** Beside others: incidents that ended, with their notices. Those that go on are told anew by their rules, if they still hold. */
export function restoredBeside({ incidents, deliveries }: AlertHistory, names: AlertNames): AlertHistory {
	const ids = new Map<string, string>();
	const ended = incidents
		.filter((one) => !goesOn(one))
		.map((one): Incident => {
			const rule = names.ruleOf(one.rule);
			const restored = {
				...one,
				rule: rule?.id ?? one.rule,
				ruleName: rule?.name ?? one.ruleName,
				dataset: one.dataset === null ? null : names.datasetOf(one.dataset)
			};
			const id = `${restored.rule} ${one.subject} ${one.sinceMs}`;
			ids.set(one.id, id);
			return { ...restored, id };
		});
	const told = deliveries
		.filter((one) => one.incidents.every((id) => ids.has(id)))
		.map((one): Delivery => {
			const idOf = (id: string): string => ids.get(id) ?? id;
			const notice = { ...one.notice, incidents: one.notice.incidents.map((of) => ({ ...of, id: idOf(of.id) })) };
			return notSent({ ...one, id: names.newId(), notice, incidents: one.incidents.map(idOf) });
		});
	return { ...NO_ALERTS, incidents: ended, deliveries: told };
}

function notSent(delivery: Delivery): Delivery {
	return delivery.state === 'waiting' ? { ...delivery, state: 'given-up', dueAtMs: null } : delivery;
}
