// Alert rules, incidents and deliveries, in words.
import type { Delivery } from '#core/alert/delivery.ts';
import type { Incident, NoticeKind } from '#core/alert/incident.ts';
import { durationText, measureWords, numberText } from '#core/alert/notice-text.ts';
import type { AlertSeverity, Channel, Condition, Measured } from '#core/alert/rule.ts';
import type { StateWords } from '../pipelines/run-words.ts';

export const kindTitles: Readonly<Record<Condition['kind'], string>> = {
	verdict: 'A suite does not hold',
	metric: 'A number crosses a bound',
	change: 'A number changes much',
	band: 'A number leaves its band',
	age: 'A dataset is not fresh',
	drift: 'A dataset drifts from its baseline',
	run: 'A pipeline run fails'
};
export const conditionKinds = Object.keys(kindTitles) as readonly Condition['kind'][];

export const severityStates: Readonly<Record<AlertSeverity, StateWords>> = {
	info: { word: 'info', tone: 'next' },
	warning: { word: 'warning', tone: 'warn' },
	critical: { word: 'critical', tone: 'bad' }
};

/** When it fires, in one sentence without its end. */
export function conditionText(condition: Condition): string {
	switch (condition.kind) {
		case 'verdict': {
			const { suite, dataset, outcome, checks } = condition;
			const what = outcome === 'warn' ? 'warns or fails' : 'fails';
			const which = checks === null ? '' : ` in ${checks.join(', ')}`;
			return `${suite ?? 'any suite'} ${what}${which} on ${onText(dataset)}`;
		}
		case 'metric': {
			const { above, below, measured, dataset } = condition;
			const bounds = [
				...(below === null ? [] : [`below ${numberText(below)}`]),
				...(above === null ? [] : [`above ${numberText(above)}`])
			];
			return `${measuredText(measured, dataset)} ${bounds.join(' or ')}`;
		}
		case 'change': {
			const { deviation, versions, measured, dataset, direction } = condition;
			const way = { both: 'more or fewer', up: 'more', down: 'fewer' }[direction];
			const before = versions === 1 ? 'the version before' : `the median of the ${versions} versions before`;
			return `${measuredText(measured, dataset)} ${numberText(100 * deviation.relative)} % ${way} than ${before}`;
		}
		case 'band': {
			const { measured, dataset, seasonality } = condition;
			const season = seasonality === 'none' ? '' : `, by ${seasonality.replaceAll('-', ' ')}`;
			return `${measuredText(measured, dataset)} outside the band learnt from before${season}`;
		}
		case 'age':
			return `newest version of ${onText(condition.dataset)} older than ${durationText(condition.overMs)}`;
		case 'drift': {
			const { dataset, columns } = condition;
			return `${columns === null ? '' : `${columns.join(', ')} of `}${onText(dataset)} drifts from its baseline`;
		}
		case 'run': {
			const { pipeline, troubles } = condition;
			const words = { failed: 'fails', late: 'is late', missed: 'is missed' } as const;
			return `a run of ${pipeline ?? 'any pipeline'} ${troubles.map((one) => words[one]).join(' or ')}`;
		}
	}
}

function onText(dataset: string | null): string {
	return dataset ?? 'any dataset';
}

function measuredText({ of, column, check, class: name }: Measured, dataset: string | null): string {
	const about = column ?? check ?? name ?? null;
	return `${measureWords[of]} of ${about === null ? '' : `${about} in `}${onText(dataset)}`;
}

export function channelText(channel: Channel): string {
	switch (channel.kind) {
		case 'page':
			return 'this page';
		case 'browser':
			return 'browser notification';
		case 'webhook':
			return hostOf(channel.url);
		case 'email':
			return channel.to.join(', ');
	}
}

/** A path may hold a secret. */
function hostOf(url: string): string {
	return /^https?:\/\/([^/?#]+)/i.exec(url)?.[1] ?? 'an address';
}

export const noticeWords: Readonly<Record<NoticeKind, string>> = {
	firing: 'fired',
	repeat: 'goes on',
	escalation: 'escalated',
	recovery: 'over',
	edition: 'has a new edition'
};

const endedStates: Readonly<Record<NonNullable<Incident['cause']>, StateWords>> = {
	recovered: { word: 'over', tone: 'good' },
	gone: { word: 'gone', tone: 'off' },
	'rule-off': { word: 'switched off', tone: 'off' }
};

export function incidentState(incident: Incident, isSilenced: boolean): StateWords {
	if (incident.state === 'resolved') return endedStates[incident.cause ?? 'recovered'];
	if (incident.state === 'pending') return { word: 'pending', tone: 'wait' };
	if (isSilenced) return { word: 'silenced', tone: 'off' };
	if (incident.acknowledged) return { word: 'acknowledged', tone: 'same' };
	return severityStates[incident.severity];
}

export function deliveryState({ state, attempts }: Delivery): StateWords {
	if (state === 'delivered') return { word: 'delivered', tone: 'good' };
	if (state === 'given-up') return { word: 'given up', tone: 'bad' };
	return attempts.length === 0 ? { word: 'waits', tone: 'wait' } : { word: 'waits to try again', tone: 'again' };
}

/** `3 min`, `2 h`, `5 d`: as exact as a person asks. */
export function spanText(ms: number): string {
	const minutes = Math.round(ms / 60_000);
	if (minutes < 1) return `${Math.max(0, Math.round(ms / 1000))} s`;
	if (minutes < 60) return `${minutes} min`;
	const hours = ms / 3_600_000;
	return hours < 48 ? `${Math.round(hours)} h` : `${Math.round(hours / 24)} days`;
}
