// What verbs about alerts answer besides success; what keeps a notice from arriving is in delivery.ts.
import type { InvalidAlert } from './parse-rule.ts';

export type AlertFailure =
	| InvalidAlert
	/** An incident that goes on, a silence that is not over, or a delivery, of that id is not there. */
	| UnknownAlert;

export type UnknownAlert = {
	readonly kind: 'unknown-alert';
	readonly what: 'incident' | 'silence' | 'delivery';
	readonly id: string;
};
