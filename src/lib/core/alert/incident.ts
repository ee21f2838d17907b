// An incident: one rule broken about one subject, from the first signal to its recovery; and what silences one.
import type { AlertSeverity, Channel } from './rule.ts';
import type { SignalFacts } from './signals.ts';

export type Incident = {
	/** Of rule, subject and start: nobody opens it twice. */
	readonly id: string;
	/** The document that says the rule. */
	readonly rule: string;
	readonly ruleName: string;
	readonly subject: string;
	readonly dataset: string | null;
	readonly severity: AlertSeverity;
	/** `pending`: broken, but not yet as often or as long as the rule asks for. */
	readonly state: 'pending' | 'firing' | 'resolved';
	/** Of the first signal. */
	readonly sinceMs: number;
	/** Signals that it was broken, each piece of evidence once. */
	readonly brokenCount: number;
	/** The newest that was looked at. */
	readonly evidence: string;
	/** The newest that is broken. */
	readonly facts: SignalFacts;
	readonly firedAtMs: number | null;
	/** Since when it is fine again, while that is not yet enough. */
	readonly fineSinceMs: number | null;
	readonly fineCount: number;
	/** How often it broke again before it was over. */
	readonly flapCount: number;
	readonly resolvedAtMs: number | null;
	readonly cause: 'recovered' | 'gone' | 'rule-off' | null;
	/** Incidents with the same one are told together. */
	readonly group: string;
	/** When it is to be told; null while it is not. */
	readonly dueAtMs: number | null;
	readonly firstToldAtMs: number | null;
	readonly toldAtMs: number | null;
	readonly toldCount: number;
	/** Everybody who was told, and so is told of the recovery. */
	readonly toldOn: readonly Channel[];
	/** Steps of the rule's that were taken. */
	readonly escalationCount: number;
	readonly acknowledged: Acknowledged | null;
	readonly owesRecovery: boolean;
};

export type Acknowledged = { readonly atMs: number; readonly by: string | null; readonly note: string | null };

export type Silence = {
	readonly id: string;
	/** Names without regard to case; null matches all. At least one is given, or all is meant. */
	readonly rule: string | null;
	readonly dataset: string | null;
	readonly subject: string | null;
	readonly fromMs: number;
	/** Exclusive. */
	readonly untilMs: number;
	readonly why: string;
	readonly by: string | null;
};

export type RuleNoticeKind = 'firing' | 'repeat' | 'escalation' | 'recovery';
/** `edition`: of no rule, but a report that was published. */
export type NoticeKind = RuleNoticeKind | 'edition';

export type NoticedIncident = Pick<
	Incident,
	'id' | 'ruleName' | 'subject' | 'dataset' | 'severity' | 'sinceMs' | 'resolvedAtMs' | 'cause' | 'facts'
>;

/** What is said at once on one channel. */
export type Notice = {
	readonly kind: NoticeKind;
	readonly channel: Channel;
	/** The gravest of its incidents'. */
	readonly severity: AlertSeverity;
	readonly group: string;
	readonly atMs: number;
	/** At least one. Of an edition, that edition, which is no incident. */
	readonly incidents: readonly NoticedIncident[];
};

export function silenceOf(
	{ ruleName, dataset, subject }: Pick<Incident, 'ruleName' | 'dataset' | 'subject'>,
	silences: readonly Silence[],
	nowMs: number
): Silence | null {
	const isMeant = (wanted: string | null, name: string | null): boolean =>
		wanted === null || wanted.toLowerCase() === name?.toLowerCase();
	return (
		silences.find(
			(silence) =>
				silence.fromMs <= nowMs &&
				nowMs < silence.untilMs &&
				isMeant(silence.rule, ruleName) &&
				isMeant(silence.dataset, dataset) &&
				isMeant(silence.subject, subject)
		) ?? null
	);
}
