// How records stand, without asking the edge: what waits to be sent, in words, and which documents a person is to choose a text of.
import type { Document, DocumentVersion } from '../core/document/document.ts';
import { ok, type Result } from '../core/result.ts';
import { DOCUMENT, otherText, TEXT } from '../core/sync/merge-documents.ts';
import { changedSince, rulesOf } from '../core/sync/merge-records.ts';
import { recordsOf } from '../core/sync/record-base.ts';
import type { Records } from '../core/sync/record-rule.ts';
import { kindOf, piecesOfKey, recordKey } from '../core/sync/record-value.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import type { Effects } from './effects.ts';
import { localRecords } from './sync-records.ts';

export type TextChoice = {
	readonly kind: Document['kind'];
	readonly name: string;
	/** The text that stands, and the other one. */
	readonly stands: string;
	readonly other: string;
};

export type RecordsState = {
	/** What waits to be sent: a word such as `pipeline` or `model`, and of how many. */
	readonly waiting: readonly { readonly what: string; readonly count: number }[];
	/** Documents that two devices changed at one time. */
	readonly choices: readonly TextChoice[];
};

export async function recordsState({
	sync,
	sleep
}: Pick<Effects, 'sync' | 'sleep'>): Promise<Result<RecordsState, SpaceFailure>> {
	const store = sync.rows;
	const read = await localRecords({ store, sleep, signal: new AbortController().signal });
	if (!read.ok) return read;
	const { ours } = read.value;
	const [base, rules] = [recordsOf(read.value.base), rulesOf(store.records.rules)];
	const counted = new Map<string, Set<string>>();
	for (const key of changedSince(base, ours, rules)) {
		const rule = rules.get(kindOf(key));
		const value = ours.get(key)?.value ?? base.get(key)?.value;
		const what = value === undefined ? null : rule?.word(value);
		if (!rule || !what) continue;
		const own = counted.get(what) ?? new Set();
		// A model and its versions are one thing, and verdicts of one dataset are many.
		own.add(rule.isLasting ? key : (piecesOfKey(key)[0] ?? key));
		counted.set(what, own);
	}
	const waiting = [...counted].map(([what, { size }]) => ({ what, count: size }));
	return ok({ waiting, choices: choicesOf(ours) });
}

function choicesOf(records: Records): readonly TextChoice[] {
	const choices: TextChoice[] = [];
	for (const [key, { value }] of records) {
		if (kindOf(key) !== DOCUMENT || value === undefined) continue;
		const { kind, name, head } = value as Omit<Document, 'id'>;
		const id = piecesOfKey(key)[0] ?? '';
		const text = textAt(records, id, head);
		if (!text || text.parents.length < 2) continue;
		const parents = text.parents.flatMap((parent) => textAt(records, id, parent) ?? []);
		const other = otherText(text, parents);
		if (other) choices.push({ kind, name, stands: text.text, other: other.text });
	}
	return choices.sort((one, two) => (one.name < two.name ? -1 : 1));
}

function textAt(records: Records, document: string, id: DocumentVersion['id']): DocumentVersion | null {
	const value = records.get(recordKey(TEXT, document, id))?.value;
	return value === undefined ? null : { id, ...(value as Omit<DocumentVersion, 'id'>) };
}
