// Answers of a model as an Arrow IPC stream, typed as `answerColumns` says.
import { columnFromArray, tableFromColumns, tableToIPC, utf8, type Column } from '@uwdata/flechette';
import { invariant } from '../result.ts';
import type { ModelAnswers } from './answers.ts';

export function answerArrow(answers: ModelAnswers): Uint8Array<ArrayBuffer> {
	const columns: [string, Column<unknown>][] =
		answers.kind === 'number'
			? [['c0', columnFromArray(answers.values)]]
			: [
					['c0', columnFromArray([...answers.labels], utf8())],
					['c1', columnFromArray(answers.probabilities)],
					...answers.all.map((shares, at): [string, Column<unknown>] => [`s${at}`, columnFromArray(shares)])
				];
	const bytes = tableToIPC(tableFromColumns(columns), { format: 'stream' });
	invariant(bytes, 'a table of flat columns becomes a stream');
	return bytes as Uint8Array<ArrayBuffer>;
}
