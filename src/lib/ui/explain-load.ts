// Every word a person reads about a connection that cannot be read, and about a load that did not go well.
import type { SilentReason } from '#core/source/asked.ts';
import type { ConnectionFailure, LoopRule, PageProblem, RelayReason } from '#core/source/failure.ts';
import type { ConnectionProblem } from '#core/source/connection-problem.ts';
import { bytesText } from './amounts.ts';
import { explainDatabase, isDatabaseKind } from './explain-database.ts';
import { explainFiles, isFilesKind } from './explain-files.ts';
import { isOneOf, say, type Explanation } from './explanation.ts';
import { list, say as words, textWords, type ProblemWords } from './text-words.ts';

export const isConnectionFailure = isOneOf<ConnectionFailure>({
	...isFilesKind,
	...isDatabaseKind,
	'invalid-connection': true,
	'relay-refused': true,
	'relay-off': true,
	'no-server': true,
	'secret-missing': true,
	'source-silent': true,
	'source-refused': true,
	'source-answer': true,
	'source-leads-away': true,
	'source-loops': true,
	'source-short': true,
	'source-busy': true,
	'no-mark': true,
	'mark-too-coarse': true,
	'load-drift': true,
	'load-busy': true,
	'load-unfinished': true,
	'load-forgotten': true
});

const NO_SERVER = 'This device has no server that could ask';
const KEPT = 'What was loaded before stays, and the next load goes on from there.';

export function explainConnection(failure: ConnectionFailure): Explanation {
	switch (failure.kind) {
		case 'invalid-connection': {
			const [first, ...others] = failure.problems;
			const told = first && connectionProblemWords(first);
			return say(
				'The connection cannot be read',
				first && told ? `Line ${first.line}, column ${first.column}: ${told.what}. ${told.next}` : '',
				others.length > 0 ? `Then mend ${others.length} more.` : 'Mend it, and save again.'
			);
		}
		case 'file-refused':
		case 'file-unreadable':
		case 'file-changed':
		case 'no-files':
		case 'files-too-many':
		case 'file-column':
			return explainFiles(failure);
		case 'database-failed':
		case 'database-not-allowed':
		case 'database-unknown':
		case 'no-table-chosen':
		case 'mark-unordered':
		case 'put-too-large':
		case 'not-writable':
			return explainDatabase(failure);
		case 'secret-missing':
			return say(
				`The ${failure.secret} is missing`,
				`This device has none for ${failure.origin}. One that was given for another address is not sent there.`,
				'Edit the connection and enter it; it stays on this device.'
			);
		case 'source-silent':
			return say(
				`${failure.source} did not answer`,
				silentWords[failure.reason],
				failure.reason === 'network'
					? `Open the address in a tab: if it answers there, let your server ask it (“Asked by”). ${KEPT}`
					: `Open the address in a tab to see whether it answers. ${KEPT}`
			);
		case 'relay-refused':
			return say(
				`Your server does not ask ${failure.asked === '' ? failure.source : failure.asked}`,
				`${failure.asked === failure.source || failure.asked === '' ? '' : `${failure.source} leads there. `}${refusedWords[failure.reason]}`,
				failure.reason === 'clear'
					? 'Write the address with https.'
					: 'Let this browser ask it directly, or have whoever runs the server name the host in SOURCE_HOSTS.'
			);
		case 'relay-off':
			return say(
				'Your server asks no sources',
				`Whoever runs it has switched that off, so that ${failure.source} was not asked.`,
				'Let this browser ask it directly, under “Asked by”.'
			);
		case 'no-server':
			return failure.source === null
				? say(
						NO_SERVER,
						'A browser cannot speak to a database itself, and a server is known to devices that sync.',
						'Set up Sync on this device, then try again.'
					)
				: say(
						NO_SERVER,
						`The connection lets a server ask ${failure.source}, and a server is known to devices that sync.`,
						'Set up Sync on this device, or let this browser ask directly, under “Asked by”.'
					);
		case 'source-refused':
			return say(
				`${failure.source} answered ${failure.status}`,
				`Page ${failure.page}: ${statusWords(failure.status)}`,
				failure.status === 401 || failure.status === 403 ? 'Check the sign-in, and what it may read.' : KEPT
			);
		case 'source-answer':
			return say(
				`Page ${failure.page} of ${failure.source} is not what it should be`,
				answerWords(failure),
				answerNext(failure)
			);
		case 'source-leads-away':
			return say(
				`${failure.source} leads to another server`,
				`Its next page is at ${failure.origin}, which this connection was not told of.`,
				'Make a connection to that address, if you trust it.'
			);
		case 'source-loops':
			return say(
				`${failure.source} goes on without an end`,
				`Page ${failure.page}: ${loopWords[failure.rule]}`,
				'Test the connection, and say under pages how it really pages.'
			);
		case 'source-short':
			return say(
				`${failure.source} gave fewer rows than it has`,
				`It says ${failure.total.toLocaleString('en')}, and ended after ${failure.read.toLocaleString('en')}.`,
				'Load again; nothing of this page was kept.'
			);
		case 'source-busy':
			return say(
				`${failure.source} asks to wait`,
				`It wants ${Math.ceil(failure.waitMs / 60_000)} minutes before the next question.`,
				`Load again then. ${KEPT}`
			);
		case 'no-mark':
			return say(
				`A row has no ${failure.field}`,
				`On page ${failure.page} there is a row without it, so that nobody could tell whether it came since.`,
				'Choose a field that every row has, or merge by a key.'
			);
		case 'mark-too-coarse':
			return say(
				`Too many rows have the same ${failure.field}`,
				`More than ${failure.limit.toLocaleString('en')} have its greatest value.`,
				'Choose a finer field, or merge by a key.'
			);
		case 'load-drift':
			return say(
				`The source has columns that ${failure.dataset} does not have`,
				`New: ${list(failure.added)}. Nothing of these rows was kept.`,
				failure.mayAsk
					? 'Set new columns to “add them” or “leave them out”, and load again.'
					: 'The connection says that columns stay as they are; change that, or the dataset.'
			);
		case 'load-busy':
			return say(
				`${failure.connection} is being loaded`,
				'This page or another tab is at it.',
				'Wait until it is done.'
			);
		case 'load-unfinished':
			return say(
				`A load of ${failure.connection} was not ended`,
				'The connection asks for something else since, so that it cannot go on; beginning anew would append rows twice.',
				'Go back to the connection as it was and load, or load in full.'
			);
		case 'load-forgotten':
			return say(
				`Nobody knows how far ${failure.connection} is loaded`,
				`The version of ${failure.dataset} that said so was collected; beginning anew would append rows twice.`,
				'Merge by a key, load in full, or load into another dataset.'
			);
	}
}

export function connectionProblemWords(problem: ConnectionProblem): ProblemWords {
	switch (problem.code) {
		case 'bad-address':
			return words(
				`“${problem.value}” is no complete address`,
				'Write one with http or https, without a user name, a password or a fragment.'
			);
		case 'secret-in-text':
			return words(`${problem.name} would be a secret in a text that is kept and synced`, 'Use auth for it.');
		case 'needs-key':
			return words('merge needs a key', 'Add key: with the columns that tell rows apart.');
		case 'append-with-key':
			return words('append takes no key', 'Remove it, or use mode: merge.');
		case 'late-without-merge':
			return words(
				'Rows that are asked for again would be appended twice',
				'Use mode: merge with a key, or remove late.'
			);
		case 'csv-alone':
			return words(`${problem.key} cannot be told of CSV`, 'Remove it: CSV is read as one whole answer.');
		case 'bad-pattern':
			return words(
				`“${problem.value}” is no pattern`,
				'Use * and ? within a folder, ** over folders and {a,b}, with at most 64 choices.'
			);
		case 'many-values':
			return words(`${problem.op} takes one value`, 'Use op: in for a list.');
		case 'table-or-query':
			return words(`${problem.key} and query are told both`, 'Keep one of them.');
		case 'write-without-table':
			return words('Rows can be put back into a table alone', 'Name the table, or remove write.');
		case 'body-of-get':
			return words('A GET has no body', 'Add method: POST.');
		default:
			return textWords(problem, {
				begin: 'Begin with kind: rest, postgres, mysql, s3, web, folder or weir.',
				shorten: (limit) => `A connection has at most ${limit}.`
			});
	}
}

const silentWords: Readonly<Record<SilentReason, string>> = {
	network:
		'The server is unreachable, does not allow other sites to read it (CORS), or sends what carries a secret elsewhere.',
	timeout: 'The answer was not there in time, several times.',
	server: 'Your own server, which asks it, does not answer.',
	name: 'No server on the internet has its name.',
	connect: 'Your server asked, and nobody takes the connection.',
	tls: 'Your server asked, and its certificate is not trusted, or is for another name.',
	answer: 'Your server asked, and the answer is cut off or is no HTTP.'
};

const refusedWords: Readonly<Record<RelayReason, string>> = {
	url: 'It is no complete address.',
	scheme: 'It asks http and https alone.',
	userinfo: 'The address holds a user name or a password.',
	clear: 'What carries a secret would go unencrypted.',
	host: 'Its host cannot be read.',
	port: 'It asks at the usual ports of the web alone.',
	name: 'Its name is one of an inner network.',
	address: 'It is in an inner network, or at an address that is not of the public internet.',
	'not-named': 'It asks only hosts that are named in its settings.'
};

const loopWords: Readonly<Record<LoopRule, string>> = {
	'same-page': 'its rows came before.',
	'same-cursor': 'it leads back to a page that was read.',
	'too-many-pages': 'it is beyond the bound on pages, max_pages.',
	'empty-pages': 'it is one of too many in a row without rows.'
};

function statusWords(status: number): string {
	if (status === 401 || status === 403) return 'the sign-in is not accepted, or may not read this.';
	if (status === 404 || status === 410) return 'there is nothing at this address.';
	if (status === 429) return 'it is asked too often, though it was given time.';
	if (status >= 500) return 'the server has a problem of its own, several times.';
	return 'it does not take the question.';
}

function answerWords(problem: PageProblem): string {
	switch (problem.problem) {
		case 'unreadable':
			return `It is no ${problem.format}: ${problem.reason}.`;
		case 'html':
			return 'It is a page for people, not data.';
		case 'error-inside':
			return `It says that it went well, and has an error at ${problem.path}.`;
		case 'no-records':
			return problem.path === null ? 'No list of records is in it.' : `No list of records is at “${problem.path}”.`;
		case 'too-large':
			return `It is larger than ${bytesText(problem.limitBytes)}.`;
	}
}

function answerNext(problem: PageProblem): string {
	if (problem.problem === 'no-records') return 'Say under records where they are, such as data.items.';
	return problem.problem === 'too-large' ? 'Ask for fewer rows at once, under pages.' : KEPT;
}
