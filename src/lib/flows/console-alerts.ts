// The console's verbs for alerts.
import { silenceOf } from '../core/alert/incident.ts';
import { factsText } from '../core/alert/notice-text.ts';
import { ageMs } from '../core/check/age.ts';
import { ok } from '../core/result.ts';
import { listAlerts, ruleOf, saveAlert } from './alert-rules.ts';
import { removeDocument } from './change-document.ts';
import { acknowledge, endSilence, retryDelivery, silence } from './change-incidents.ts';
import type { AlertConsole } from './console-alert-types.ts';
import { documentFacts } from './console-documents.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { lookAtAlerts } from './look-at-alerts.ts';
import { rehearseAlert } from './rehearse-alert.ts';
import { sendNotices } from './send-notices.ts';

const LISTED = 200;

export function alertVerbs(effects: Effects): AlertConsole {
	return {
		saveAlert: async (name, text, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (typeof text !== 'string') return invalid('text', 'the text of an alert rule');
			const saved = await saveAlert({ name, text, message: options.message }, effects);
			if (!saved.ok) return saved;
			const { document, version, isChanged } = saved.value;
			return ok({ name: document.name, version: version.id, isChanged });
		},
		alerts: async () => {
			const alerts = await listAlerts(effects);
			if (!alerts.ok) return alerts;
			const state = await effects.alerts.state();
			if (!state.ok) return state;
			const open = state.value.incidents.filter(({ state }) => state === 'firing');
			return ok(
				alerts.value.map(({ item, rule, elsewhere }) => ({
					...documentFacts(item, item.version),
					rule,
					isOn: rule?.isDisabled === false,
					openCount: open.filter((one) => one.rule === item.document.id).length,
					elsewhere
				}))
			);
		},
		removeAlert: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a name');
			const removed = await removeDocument({ kind: 'alert', name }, effects);
			return removed.ok ? ok({ name: removed.value.name }) : removed;
		},
		rehearseAlert: async (nameOrText) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of an alert rule');
			const found = await ruleOf(nameOrText, effects);
			return found.ok ? rehearseAlert(found.value, effects) : found;
		},
		checkAlerts: async () => {
			const looked = await lookAtAlerts(effects, true);
			if (!looked.ok) return looked;
			const sent = await sendNotices(effects);
			return sent.ok ? ok({ noticeCount: looked.value?.noticeCount ?? 0 }) : sent;
		},
		incidents: async ({ open = false, limit = LISTED } = {}) => {
			if (!isCount(limit)) return invalid('limit', 'a whole number');
			const found = await effects.alerts.incidents(limit);
			if (!found.ok) return found;
			const state = await effects.alerts.state();
			if (!state.ok) return state;
			const nowMs = effects.now();
			return ok(
				found.value
					.filter((one) => !open || one.state !== 'resolved')
					.map((one) => ({
						...one,
						text: factsText(one.facts),
						isSilenced: one.state !== 'resolved' && silenceOf(one, state.value.silences, nowMs) !== null
					}))
			);
		},
		acknowledge: async (id, options = {}) => {
			if (typeof id !== 'string') return invalid('incident', 'the id of an incident');
			return acknowledge({ id, note: options.note }, effects);
		},
		silence: async (input) => {
			const { rule = null, dataset = null, subject = null, for: time, why } = input;
			for (const [argument, value] of Object.entries({ rule, dataset, subject }))
				if (value !== null && typeof value !== 'string') return invalid(argument, 'a name');
			const forMs = typeof time === 'string' ? ageMs(time) : null;
			if (forMs === null || forMs <= 0) return invalid('for', 'a time such as 30m, 2h or 7d');
			if (typeof why !== 'string' || why.trim() === '') return invalid('why', 'a reason');
			return silence({ rule, dataset, subject, untilMs: effects.now() + forMs, why }, effects);
		},
		silences: async () => {
			const state = await effects.alerts.state();
			const nowMs = effects.now();
			return state.ok ? ok(state.value.silences.filter(({ untilMs }) => untilMs > nowMs)) : state;
		},
		endSilence: async (id) => {
			if (typeof id !== 'string') return invalid('id', 'the id of a silence');
			return endSilence(id, effects);
		},
		deliveries: async ({ limit = LISTED } = {}) => {
			if (!isCount(limit)) return invalid('limit', 'a whole number');
			return effects.alerts.deliveries(limit);
		},
		retryDelivery: async (id) => {
			if (typeof id !== 'string') return invalid('id', 'the id of a delivery');
			return retryDelivery(id, effects);
		}
	};
}

function isCount(value: unknown): value is number {
	return Number.isSafeInteger(value) && Number(value) > 0;
}
