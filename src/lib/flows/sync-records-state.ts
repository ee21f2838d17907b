// How records stand, without asking the edge: what waits to be sent, in words, and which documents a person is to choose a text of.
import type { Document, DocumentVersion } from '../core/document/document.ts';
import type { Encodable } from '../core/encoding.ts';
import { ok, type Result } from '../core/result.ts';
import { DOCUMENT, otherText, TEXT } from '../core/sync/merge-documents.ts';
import { changedSince, rulesOf } from '../core/sync/merge-records.ts';
import { isInStep, recordsOf } from '../core/sync/record-base.ts';
import { kindOf, piecesOfKey, recordKey } from '../core/sync/record-value.ts';
import type { SpaceFailure } from '../core/sync/failure.ts';
import type { Effects } from './effects.ts';
import { localRecords } from './sync-records-local.ts';

export type TextChoice = {
	readonly kind: Document['kind'];
	readonly name: string;
	/** The text that stands, and the other one. */
	readonly stands: string;
	readonly other: string;
};

type Values = ReadonlyMap<string, Encodable>;

export type RecordsState = {
	/** What waits to be sent: a word such as `pipeline` or `model`, and of how many. */
	readonly waiting: readonly { readonly what: string; readonly count: number }[];
	/** Documents that two devices changed at one time. */
	readonly choices: readonly TextChoice[];
};

export async function recordsState({
	sync,
	sleep,
	now
}: Pick<Effects, 'sync' | 'sleep' | 'now'>): Promise<Result<RecordsState, SpaceFailure>> {
	const store = sync.rows;
	const standing = await store.records.standing();
	if (!standing.ok) return standing;
	if (isInStep(standing.value.base, standing.value.mark, now())) {
		const documents = await store.records.local([DOCUMENT, TEXT]);
		return documents.ok ? ok({ waiting: [], choices: choicesOf(documents.value.records) }) : documents;
	}
	const read = await localRecords({ store, sleep, now, signal: new AbortController().signal }, false);
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
	const values = [...ours].flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value] as const]));
	return ok({ waiting, choices: choicesOf(new Map(values)) });
}

function choicesOf(records: Values): readonly TextChoice[] {
	const choices: TextChoice[] = [];
	for (const [key, value] of records) {
		if (kindOf(key) !== DOCUMENT) continue;
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

function textAt(records: Values, document: string, id: DocumentVersion['id']): DocumentVersion | null {
	const value = records.get(recordKey(TEXT, document, id));
	return value === undefined ? null : { id, ...(value as Omit<DocumentVersion, 'id'>) };
}
