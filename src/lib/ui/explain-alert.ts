// Every word a person reads about an alert rule that cannot be read, and about a notice that did not arrive.
import type { DeliveryFailure } from '#core/alert/delivery.ts';
import type { AlertFailure } from '#core/alert/failure.ts';
import type { AlertProblem } from '#core/alert/parse-rule.ts';
import { list, say, textWords, type ProblemWords } from './text-words.ts';
import type { Explanation } from './explanation.ts';

export function explainAlert(failure: AlertFailure): Explanation {
	switch (failure.kind) {
		case 'invalid-alert': {
			const [first, ...others] = failure.problems;
			const words = first && alertProblemWords(first);
			return {
				title: 'The alert rule cannot be read',
				detail: first && words ? `Line ${first.line}, column ${first.column}: ${words.what}. ${words.next}` : '',
				next: others.length > 0 ? `Then mend ${others.length} more.` : 'Mend it, and save again.'
			};
		}
		case 'unknown-alert':
			return {
				title: `There is no ${unknownWords[failure.what]}`,
				detail: `Its id would be ${failure.id}.`,
				next: 'See the alerts, and what was sent, on the page of checks.'
			};
	}
}

const unknownWords = {
	incident: 'such incident that goes on',
	silence: 'such silence that is not over',
	delivery: 'such notice that is kept'
} as const;

export function alertProblemWords(problem: AlertProblem): ProblemWords {
	switch (problem.code) {
		case 'no-condition':
			return say('The rule has no condition', 'Write one below when, such as verdict: { outcome: fail }.');
		case 'two-conditions':
			return say(`${list(problem.names)} cannot stand in one rule`, 'Give each a rule of its own.');
		case 'bad-duration':
			return say(`${problem.value} is no time`, 'Write a number and s, m, h, d or w, such as 30m.');
		case 'bad-channel':
			return say(
				`${problem.value} is no way to tell anyone`,
				'Write page, browser, { webhook: https://… } or { email: [ name@example.org ] }.'
			);
		case 'needs':
			return say(`It says nothing without ${problem.keys.join(' or ')}`, `Add ${problem.keys[0] ?? ''}: here.`);
		default:
			return textWords(problem, {
				begin: 'Begin with when: and a condition.',
				shorten: (limit) => `A rule has at most ${limit}.`
			});
	}
}

/** Why a notice did not arrive, and what to do about it. */
export function deliveryWords(failure: DeliveryFailure): ProblemWords {
	switch (failure.kind) {
		case 'webhook-refused':
			return say(`The address answered ${failure.status}`, 'Check the address, and what it takes.');
		case 'webhook-unreadable':
			return say(
				'No answer that a page may read',
				'The network is off, nobody is there, or the server does not allow other sites (CORS). Whoever runs the edge can add its host to WEBHOOK_HOSTS.'
			);
		case 'notifications-not-allowed':
			return say('The browser does not allow notifications', 'Allow them on this page, then send it again.');
		case 'mail-not-connected':
			return say('This edge has no mail server', 'Whoever runs it sets SMTP_HOST, MAIL_FROM and MAIL_TO.');
		case 'recipient-not-allowed':
			return say('The edge may not write to this address', 'Whoever runs it adds the address to MAIL_TO.');
		case 'mail-failed':
			return say(
				failure.code === null
					? `The mail server did not answer (${failure.stage})`
					: `The mail server answered ${failure.code} (${failure.stage})`,
				'Check the settings of the mail server.'
			);
		case 'too-many-mails':
			return say('The edge has sent as many mails as it may in an hour', 'It is tried again later.');
		case 'edge-unreachable':
			return say('The edge does not answer', 'Check the network; it is tried again.');
		case 'sender-crashed':
			return say('The thread that sends has ended', 'It is tried again.');
	}
}
