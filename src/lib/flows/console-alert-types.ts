// What `window.weir` offers for alerts: rules, incidents, silences, and what was sent.
import type { Delivery } from '../core/alert/delivery.ts';
import type { UnknownAlert } from '../core/alert/failure.ts';
import type { Incident, Silence } from '../core/alert/incident.ts';
import type { InvalidAlert } from '../core/alert/parse-rule.ts';
import type { Rehearsal } from '../core/alert/rehearse.ts';
import type { AlertRule } from '../core/alert/rule.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Answer } from './console-answer.ts';
import type { DocumentFacts } from './console-document-types.ts';

export type AlertFacts = DocumentFacts & {
	/** Null when its text cannot be read: it is then as if it were off. */
	readonly rule: AlertRule | null;
	readonly isOn: boolean;
	/** Incidents of it that go on. */
	readonly openCount: number;
	/** The device that looks at it, where that is another one; see `followHere`. */
	readonly elsewhere: string | null;
};

export type IncidentFacts = Incident & {
	/** What was found, in one sentence. */
	readonly text: string;
	readonly isSilenced: boolean;
};

export type AlertConsole = {
	/** Keeps a rule as a new document, or as the next version of the one with that name. */
	saveAlert(
		name: string,
		text: string,
		options?: { readonly message?: string }
	): Answer<
		{ readonly name: string; readonly version: string; readonly isChanged: boolean },
		StoreFailure | InvalidAlert
	>;
	alerts(): Answer<readonly AlertFacts[], StoreFailure>;
	/** `undo` brings it back. Its open incidents end, and nobody is told. */
	removeAlert(name: string): Answer<{ readonly name: string }, StoreFailure>;
	/** When a rule, given by its name or its text, would have fired over all that is known. */
	rehearseAlert(nameOrText: string): Answer<Rehearsal, StoreFailure | InvalidAlert>;
	/** Looks at every rule now; the page does so after every change and every few seconds. Waits for another page that looks. */
	checkAlerts(): Answer<{ readonly noticeCount: number }, StoreFailure>;
	/** Those that go on first, then the newest. */
	incidents(options?: {
		readonly open?: boolean;
		readonly limit?: number;
	}): Answer<readonly IncidentFacts[], StoreFailure>;
	acknowledge(incident: string, options?: { readonly note?: string }): Answer<Incident, StoreFailure | UnknownAlert>;
	/** Withholds notices of incidents of a rule, dataset or subject, or of all, for a time such as `2h`. */
	silence(input: {
		readonly rule?: string;
		readonly dataset?: string;
		readonly subject?: string;
		readonly for: string;
		readonly why: string;
	}): Answer<Silence, StoreFailure>;
	silences(): Answer<readonly Silence[], StoreFailure>;
	endSilence(id: string): Answer<Silence, StoreFailure | UnknownAlert>;
	/** Newest first. */
	deliveries(options?: { readonly limit?: number }): Answer<readonly Delivery[], StoreFailure>;
	/** Sends one that waits or was given up once more, at once. */
	retryDelivery(id: string): Answer<Delivery, StoreFailure | UnknownAlert>;
};
