// What a notice says: to a person in an e-mail or a note, and to a program in a webhook. Values are those of metrics, never of cells.
import type { Notice, NoticedIncident } from './incident.ts';
import type { Measure } from './rule.ts';
import type { SignalFacts } from './signals.ts';

export const measureWords: Readonly<Record<Measure, string>> = {
	row_count: 'rows',
	size_bytes: 'bytes',
	reject_count: 'rejected rows',
	null_ratio: 'share of missing values',
	min: 'least value',
	max: 'greatest value',
	observed_value: 'observed value',
	input_drift: 'drift of the inputs',
	prediction_drift: 'drift of the predictions',
	labelled_r2: 'R² where labels are known',
	labelled_rmse: 'root mean squared error where labels are known',
	labelled_mae: 'mean absolute error where labels are known',
	labelled_auc: 'ROC AUC where labels are known',
	labelled_log_loss: 'log loss where labels are known',
	labelled_accuracy: 'accuracy where labels are known',
	labelled_macro_f1: 'F1, mean of the classes, where labels are known',
	labelled_precision: 'precision where labels are known',
	labelled_recall: 'recall where labels are known',
	labelled_f1: 'F1 where labels are known'
};

const kindWords = {
	firing: '',
	repeat: 'Still: ',
	escalation: 'Nobody has answered: ',
	recovery: 'Over: ',
	edition: ''
} as const;

/** One line. */
export function noticeSubject({ kind, severity, incidents }: Notice): string {
	const [first, ...others] = incidents;
	const about = first ? `${first.ruleName}: ${first.subject}` : '';
	const more = others.length === 0 ? '' : ` and ${others.length} more`;
	if (kind === 'edition') return plainLine(first?.subject ?? '').slice(0, 200);
	return plainLine(`${kind === 'recovery' ? '' : `[${severity}] `}${kindWords[kind]}${about}${more}`).slice(0, 200);
}

export function noticeText(notice: Notice): string {
	const lines = notice.incidents.map((incident) => {
		const { ruleName, subject, sinceMs, resolvedAtMs } = incident;
		if (notice.kind === 'edition') return incidentText(incident);
		const since = `since ${new Date(sinceMs).toISOString()}`;
		const until = resolvedAtMs === null ? '' : `, over at ${new Date(resolvedAtMs).toISOString()}`;
		return `${ruleName}: ${subject}\n  ${incidentText(incident)}\n  ${since}${until}`;
	});
	return `${noticeSubject(notice)}\n\n${lines.join('\n\n')}\n`;
}

export function incidentText({ facts, cause }: Pick<NoticedIncident, 'facts' | 'cause'>): string {
	if (cause === 'gone') return 'What it is about is not there any more.';
	return factsText(facts);
}

/** In one sentence. */
export function factsText(facts: SignalFacts): string {
	switch (facts.kind) {
		case 'verdict': {
			const more = facts.checkCount > facts.checks.length ? ` and ${facts.checkCount - facts.checks.length} more` : '';
			const at = facts.version === null ? '' : ` of v${facts.version}`;
			if (facts.checkCount === 0) return `All checks${at} hold.`;
			return `${facts.checkCount} ${facts.checkCount === 1 ? 'check' : 'checks'}${at} did not hold: ${facts.checks.join('; ')}${more}.`;
		}
		case 'metric': {
			const { above, below, value } = facts;
			const bound =
				above !== null && value > above
					? `, above ${numberText(above)}`
					: below !== null && value < below
						? `, below ${numberText(below)}`
						: '';
			return `${measuredText(facts)} ${numberText(value)}${bound}.`;
		}
		case 'change':
		case 'band': {
			const { value, expected, low, high } = facts;
			return `${measuredText(facts)} ${numberText(value)}, expected ${numberText(expected)} (${numberText(low)} to ${numberText(high)}).`;
		}
		case 'age':
			return `v${facts.version} was made at ${new Date(facts.madeAtMs).toISOString()}, and may be ${durationText(facts.overMs)} old.`;
		case 'drift': {
			const against = facts.baseline === null ? 'the baseline' : `the baseline, v${facts.baseline}`;
			if (facts.columnCount === 0) return `v${facts.version} is as ${against}.`;
			const more =
				facts.columnCount > facts.columns.length ? ` and ${facts.columnCount - facts.columns.length} more` : '';
			return `v${facts.version} has drifted from ${against}: ${facts.columns.join(', ')}${more}.`;
		}
		case 'edition': {
			const { link, expiresAtMs } = facts;
			if (link === null) return 'A new edition is there.';
			return `A new edition: ${link}${expiresAtMs === null ? '' : `\n  The link ends at ${new Date(expiresAtMs).toISOString()}.`}`;
		}
		case 'run': {
			const due = facts.nominalMs === null ? '' : ` that was due at ${new Date(facts.nominalMs).toISOString()}`;
			const steps = facts.steps.length === 0 ? '' : `, in ${facts.steps.slice(0, 3).join(', ')}`;
			return {
				failed: `The run${due} failed${steps}.`,
				late: `The run${due} is late.`,
				missed: `The run${due} was missed.`,
				succeeded: `The run${due} succeeded.`
			}[facts.how];
		}
	}
}

function measuredText({
	of,
	about,
	model,
	version
}: Extract<SignalFacts, { kind: 'metric' | 'change' | 'band' }>): string {
	const what = `${measureWords[of]}${about === null ? '' : ` of ${about}`}${model === undefined ? '' : ` of the model ${model}`}`;
	return `${version === null ? '' : `v${version}: `}${what}`;
}

export function numberText(value: number): string {
	return value.toLocaleString('en', { maximumSignificantDigits: 6 });
}

export function durationText(ms: number): string {
	const units = [
		[604_800_000, 'w'],
		[86_400_000, 'd'],
		[3_600_000, 'h'],
		[60_000, 'm'],
		[1000, 's']
	] as const;
	const [unitMs, letter] = units.find(([unit]) => ms >= unit && ms % unit === 0) ?? [1000, 's'];
	return `${numberText(ms / unitMs)}${letter}`;
}

/** Names may hold anything; a subject line may not. */
function plainLine(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim();
}

/** The body of a webhook; `docs/alerts.md` says what each field means. */
export type WebhookBody = {
	readonly version: 1;
	readonly id: string;
	readonly kind: Notice['kind'];
	readonly severity: Notice['severity'];
	readonly title: string;
	/** As chat services show it. */
	readonly text: string;
	readonly at: string;
	readonly incidents: readonly {
		readonly id: string;
		readonly rule: string;
		readonly subject: string;
		readonly dataset: string | null;
		readonly severity: Notice['severity'];
		readonly since: string;
		readonly resolved: string | null;
		readonly text: string;
		readonly facts: SignalFacts;
	}[];
};

export function webhookBody(id: string, notice: Notice): WebhookBody {
	const time = (ms: number): string => new Date(ms).toISOString();
	return {
		version: 1,
		id,
		kind: notice.kind,
		severity: notice.severity,
		title: noticeSubject(notice),
		text: noticeText(notice),
		at: time(notice.atMs),
		incidents: notice.incidents.map((incident) => ({
			id: incident.id,
			rule: incident.ruleName,
			subject: incident.subject,
			dataset: incident.dataset,
			severity: incident.severity,
			since: time(incident.sinceMs),
			resolved: incident.resolvedAtMs === null ? null : time(incident.resolvedAtMs),
			text: incidentText(incident),
			facts: incident.facts
		}))
	};
}
