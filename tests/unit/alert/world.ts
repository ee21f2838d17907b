// Rules and signals for tests of alerts, told shortly.
import type { Incident, Notice, Silence } from '#core/alert/incident.ts';
import type { AlertRule, NamedRule } from '#core/alert/rule.ts';
import type { Signal } from '#core/alert/signals.ts';
import { step, type AlertEvent } from '#core/alert/step.ts';

export const MINUTE = 60_000;

export function ruleNamed(id: string, change: Partial<AlertRule> = {}): NamedRule {
	return {
		id,
		name: id,
		rule: {
			description: null,
			severity: 'warning',
			isDisabled: false,
			condition: { kind: 'age', dataset: null, overMs: 1 },
			pending: { times: 1, forMs: 0 },
			recovery: { times: 1, forMs: 0 },
			groupBy: 'incident',
			groupWaitMs: 0,
			repeatMs: null,
			notify: [{ kind: 'page' }],
			escalations: [],
			...change
		}
	};
}

export function signalAt(atMs: number, isBroken: boolean, subject = 'a', evidence = `${atMs}`): Signal {
	const facts = { kind: 'age', version: 1, madeAtMs: 0, overMs: 1 } as const;
	return { subject, dataset: subject, isBroken, evidence, atMs, facts };
}

export type Happening = { readonly atMs: number; readonly event: AlertEvent };

export type Lived = {
	readonly notices: readonly Notice[];
	/** Every incident as it was last seen. */
	readonly incidents: ReadonlyMap<string, Incident>;
	readonly open: readonly Incident[];
};

export function live(
	rules: readonly NamedRule[],
	happenings: readonly Happening[],
	silences: readonly Silence[] = []
): Lived {
	let open: readonly Incident[] = [];
	const notices: Notice[] = [];
	const incidents = new Map<string, Incident>();
	for (const { atMs, event } of happenings) {
		const stepped = step(open, event, { rules, silences, nowMs: atMs });
		open = stepped.incidents;
		notices.push(...stepped.notices);
		for (const one of [...open, ...stepped.closed]) incidents.set(one.id, one);
	}
	return { notices, incidents, open };
}

export function signalsTo(rule: string, ...signals: readonly Signal[]): readonly Happening[] {
	return signals.map((signal) => ({ atMs: signal.atMs, event: { kind: 'signal', rule, signal } }));
}

export const tick = (atMs: number): Happening => ({ atMs, event: { kind: 'tick' } });

/** `firing a`, `recovery b`. */
export function saidOf({ notices }: Pick<Lived, 'notices'>): readonly string[] {
	return notices.map(({ kind, atMs, incidents }) =>
		`${atMs / MINUTE} ${kind} ${incidents.map(({ subject }) => subject).join('+')}`.trim()
	);
}
