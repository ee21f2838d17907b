// Every word a person reads about a failure: what happened, where, and what to do next.
import { bytesText } from './amounts.ts';
import { explainChange } from './explain-change.ts';
import { explainCheck } from './explain-check.ts';
import { explainExport } from './explain-export.ts';
import { explainJoin, explainProblems } from './explain-recipe.ts';
import type { Failure } from '#core/failure.ts';
import { NEVER_HERE } from '#core/version/history.ts';
import type { FailureFacts } from '#core/pipeline/run-record.ts';
import { explainConnection, isConnectionFailure } from './explain-load.ts';
import { explainPipeline } from './explain-pipeline.ts';
import { explainModel, isModelFailure } from './explain-model.ts';
import { explainQuery, isQueryFailure } from './explain-query.ts';
import { explainReport, isReportFailure } from './explain-report.ts';
import { explainScript } from './explain-script.ts';
import { explainSource } from './explain-source.ts';
import { explainStore } from './explain-store.ts';
import { explainShare, isShareFailure } from './explain-share.ts';
import { explainNotHere, explainSync, isSyncFailure } from './explain-sync.ts';
import { say, type Explanation } from './explanation.ts';

/** A failure that was kept as facts: it was whole when it was kept. */
export function explainKept(facts: FailureFacts): Explanation {
	return explain(facts as unknown as Failure);
}

/** Only another version of Weir, which knows other failures, can have kept it. */
function unknownWords({ kind, ...others }: FailureFacts): Explanation {
	return {
		title: `It failed: ${kind}`,
		detail: JSON.stringify(others),
		next: 'This page does not know this failure. Reload it for a newer one.'
	};
}

export function explain(failure: Failure): Explanation {
	if (isModelFailure(failure)) return explainModel(failure);
	if (isSyncFailure(failure)) return explainSync(failure);
	if (isShareFailure(failure)) return explainShare(failure);
	if (isQueryFailure(failure)) return explainQuery(failure);
	if (isReportFailure(failure)) return explainReport(failure);
	if (isConnectionFailure(failure)) return explainConnection(failure);
	switch (failure.kind) {
		case 'cancelled':
			return say('Cancelled', 'It was stopped before it ended, and nothing was kept of it.', 'Start it again.');
		case 'sql-error':
			return say(
				sqlErrorTitles[failure.type] ?? `${failure.type} error`,
				failure.message,
				failure.candidates.length > 0
					? `Did you mean ${failure.candidates.slice(0, 3).join(', ')}?`
					: 'Correct the marked place and run again.'
			);
		case 'unknown-version':
			return say(
				`${failure.dataset} has no version ${failure.version}`,
				'Versions are v1, v2… from the oldest, the first eight characters of an id, or “rejects” where rows were refused.',
				'See the versions of the dataset in the catalogue.'
			);
		case 'version-collected':
			if (failure.collectedAtMs === NEVER_HERE) return explainNotHere(failure);
			return say(
				`${failure.dataset}@${failure.version} was collected on ${new Date(failure.collectedAtMs).toISOString().slice(0, 10)}`,
				'It was let go to make room, by a rule for old versions or because somebody asked for it.',
				'Use a newer version; a tag keeps one for good.'
			);
		case 'damaged-version':
			return say(
				'A version is damaged',
				`Bytes of version ${failure.version.slice(0, 8)} are missing from this browser’s storage.`,
				'Use an older version, or import the source again.'
			);
		case 'unbindable-parameter':
			return say(
				`Parameter ${failure.index + 1} cannot be used`,
				failure.reason,
				'Pass a string, number, boolean, Date or null.'
			);
		case 'out-of-memory':
			return say(
				'Not enough memory',
				'A tab’s engine holds about 2.5 GB, and this needed more. The engine goes on; nothing was lost.',
				'Ask for fewer columns or rows, aggregate earlier, or free datasets loaded into memory.'
			);
		case 'result-too-large':
			return say(
				'The result is too large to hold',
				`The first ${bytesText(failure.limitBytes)} of rows are shown.`,
				'Add a LIMIT, save the query as a dataset, or export it.'
			);
		case 'unknown-result':
			return say('These rows are gone', 'The engine was restarted since they were asked for.', 'Run the query again.');
		case 'engine-crashed':
			return say(
				'The engine stopped and was started again',
				`${failure.reason}. Datasets are safe.`,
				'Run the query again.'
			);
		case 'empty-source':
		case 'unknown-format':
		case 'unreadable-source':
		case 'unsupported-option':
		case 'no-rows-fit':
		case 'too-large':
		case 'files-differ':
		case 'url-refused':
		case 'worker-crashed':
		case 'sample-unavailable':
			return explainSource(failure);
		case 'storage-full':
		case 'newer-format':
		case 'invalid-name':
		case 'name-taken':
		case 'unknown-dataset':
		case 'document-taken':
		case 'unknown-document':
		case 'invalid-ref':
		case 'ref-taken':
		case 'unknown-ref':
		case 'branch-open':
		case 'moved':
		case 'superseded':
		case 'nothing-to-undo':
		case 'nothing-to-redo':
		case 'storage-unavailable':
		case 'not-a-backup':
		case 'newer-backup':
		case 'damaged-backup':
		case 'invalid-author':
			return explainStore(failure);
		case 'too-many-rows':
		case 'too-many-columns':
		case 'too-many-partitions':
		case 'cannot-partition':
		case 'partition-too-long':
		case 'sink-failed':
		case 'folder-left':
			return explainExport(failure);
		case 'unknown-column':
		case 'unknown-row':
		case 'working-copy-outdated':
		case 'no-edits':
		case 'no-key':
		case 'key-not-unique':
		case 'columns-differ':
		case 'unknown-type':
		case 'values-do-not-fit':
		case 'nothing-to-merge':
		case 'unrelated':
		case 'schemas-clash':
		case 'merge-conflicts':
			return explainChange(failure);
		case 'invalid-function':
		case 'script-error':
		case 'script-timeout':
		case 'script-memory':
		case 'script-output':
		case 'script-crashed':
		case 'function-tests-failed':
			return explainScript(failure);
		case 'invalid-alert':
		case 'unknown-alert':
		case 'invalid-suite':
		case 'unreadable-suite':
		case 'check-crashed':
		case 'no-baseline':
		case 'nothing-to-tell-rows-apart':
			return explainCheck(failure);
		case 'recipe-problems':
			return explainProblems(failure);
		case 'join-unexpected':
			return explainJoin(failure);
		case 'invalid-argument':
			return say(
				`The argument ${failure.argument} cannot be used`,
				`Expected: ${failure.expected}.`,
				'See the console page.'
			);
		case 'invalid-pipeline':
		case 'missing-parameter':
		case 'unknown-parameter':
		case 'parameter-of-wrong-type':
		case 'unknown-pipeline':
		case 'unknown-environment':
		case 'pipeline-busy':
		case 'unknown-run':
		case 'unknown-step':
		case 'no-partitions':
		case 'not-missed':
		case 'unknown-breaker':
		case 'unknown-folder':
		case 'folder-not-allowed':
		case 'folder-unreadable':
		case 'check-failed':
		case 'model-test-failed':
		case 'no-fixture':
		case 'no-condition':
		case 'too-many-items':
		case 'source-open':
		case 'timed-out':
		case 'fault-injected':
		case 'interrupted-too-often':
		case 'child-run-failed':
		case 'pipeline-in-itself':
		case 'unknown-reference':
			return explainPipeline(failure);
		default:
			return unknownWords(failure satisfies never);
	}
}

const sqlErrorTitles: Readonly<Record<string, string>> = {
	Parser: 'The SQL could not be read',
	Binder: 'A name could not be found',
	Catalog: 'A table or function could not be found',
	Conversion: 'A value is not of the type it should become',
	'Invalid Input': 'A function was given something it cannot take',
	'Out of Range': 'A number is out of range'
};
