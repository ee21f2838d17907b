// Edits of a pipeline's text: only the lines of what is edited change, so that comments, order and formatting of all else stay.
import { isMap, isSeq, parseDocument, type Document } from 'yaml';
import { err, ok, type Result } from '../result.ts';
import { editedModel, type PipelineEdit } from './edit-model.ts';
import { listOf, fieldsOf, stepLists, textOf, type Fields, type StepList } from './edit-graph.ts';
import { addItem, addList, removeItem, removeKey, setKey, type Splice } from './edit-splices.ts';
import type { Plain } from './edit-values.ts';

export type EditFailure =
	/** It has to be mended as text first. */
	| { readonly kind: 'not-yaml' }
	| { readonly kind: 'unknown-step'; readonly step: string; readonly known: readonly string[] }
	/** A pipeline has at least one. */
	| { readonly kind: 'last-step'; readonly step: string }
	| { readonly kind: 'id-taken'; readonly id: string }
	/** Such as anchors and aliases that other parts of the text share. */
	| { readonly kind: 'shared-text' };

/**
 * The text after the edit.
 *
 * Note: why text is spliced. The document of the `yaml` package says where everything stands, and writes a value of ours as YAML;
 * but printed whole it would indent, fold and quote anew what nobody touched. So the edit becomes pieces to put into the text,
 * and what comes out is read again: it must say what the edit promises (`editedModel`), or nothing is changed.
 */
export function editPipeline(text: string, edit: PipelineEdit): Result<string, EditFailure> {
	const document = read(text);
	if (document.errors.length > 0 || !isMap(document.contents)) return err({ kind: 'not-yaml' });
	const model = fieldsOf(document.toJS());
	const promised = editedModel(model, edit);
	if (!promised.ok) return promised;
	let edited = text;
	for (const change of changesOf(model, promised.value)) {
		const splice = spliceFor(edited, change);
		if (splice === null) return err({ kind: 'shared-text' });
		edited = edited.slice(0, splice.from) + splice.insert + edited.slice(splice.to);
	}
	const result = read(edited);
	const isAsPromised = result.errors.length === 0 && isSame(result.toJS(), promised.value);
	return isAsPromised ? ok(edited) : err({ kind: 'shared-text' });
}

function read(text: string): Document.Parsed {
	return parseDocument(text, { version: '1.2', keepSourceTokens: true });
}

type Change =
	| { readonly kind: 'add'; readonly list: StepList; readonly at: number; readonly step: Fields }
	| { readonly kind: 'remove'; readonly list: StepList; readonly at: number }
	| {
			readonly kind: 'set';
			readonly path: readonly (string | number)[];
			readonly key: string;
			readonly value: Plain;
			readonly after: readonly string[];
	  }
	| { readonly kind: 'unset'; readonly path: readonly (string | number)[]; readonly key: string };

/** What differs, as the smallest changes: steps that came and went, and keys of steps, or of the pipeline, that are both before and after. */
function changesOf(before: Fields, after: Fields): readonly Change[] {
	const changes: Change[] = [];
	mapChanges([], headOf(before), headOf(after), changes);
	for (const list of stepLists) {
		const [old, now] = [listOf(before[list]), listOf(after[list])];
		if (old.length === 1 && !(list in after)) {
			changes.push({ kind: 'unset', path: [], key: list });
			continue;
		}
		const removed = old.length - now.length === 1 ? firstDifference(old, now) : -1;
		const added = now.length - old.length === 1 ? firstDifference(now, old) : -1;
		if (removed >= 0) changes.push({ kind: 'remove', list, at: removed });
		const kept = old.filter((_step, index) => index !== removed);
		const others = now.filter((_step, index) => index !== added);
		for (const [index, step] of kept.entries())
			mapChanges([list, index], fieldsOf(step), fieldsOf(others[index]), changes);
		if (added >= 0) changes.push({ kind: 'add', list, at: added, step: fieldsOf(now[added]) });
	}
	return changes;
}

function headOf(model: Fields): Fields {
	return Object.fromEntries(Object.entries(model).filter(([key]) => !stepLists.some((list) => list === key)));
}

/** Where the longer list has what the shorter one has not; steps are told apart by their ids. */
function firstDifference(longer: readonly unknown[], shorter: readonly unknown[]): number {
	const idOf = (step: unknown): string => textOf(fieldsOf(step)['id']);
	const found = longer.findIndex((step, index) => index >= shorter.length || idOf(step) !== idOf(shorter[index]));
	return found < 0 ? longer.length - 1 : found;
}

/** Where a key goes that was not there: behind the first of these that is. */
const orderOfKeys: Readonly<Record<string, readonly string[]>> = {
	needs: ['kind', 'id'],
	trigger: ['needs', 'kind', 'id'],
	schedule: ['environments', 'env', 'params', 'description', 'name']
};

function mapChanges(path: readonly (string | number)[], before: Fields, after: Fields, changes: Change[]): void {
	for (const [key, value] of Object.entries(after)) {
		const old = before[key];
		if (isSame(old, value)) continue;
		const isNested = isRecord(old) && isRecord(value) && Object.keys(value).length > 0;
		if (isNested) mapChanges([...path, key], old, value, changes);
		else if (isListOfMaps(old) && isListOfMaps(value) && old.length === value.length)
			for (const [index, item] of value.entries())
				mapChanges([...path, key, index], fieldsOf(old[index]), item, changes);
		else changes.push({ kind: 'set', path, key, value: value as Plain, after: orderOfKeys[key] ?? [] });
	}
	for (const key of Object.keys(before)) if (!(key in after)) changes.push({ kind: 'unset', path, key });
}

function spliceFor(text: string, change: Change): Splice | null {
	const document = read(text);
	if (change.kind === 'add' || change.kind === 'remove') {
		const steps: unknown = document.get(change.list, true);
		if (change.kind === 'remove') return isSeq(steps) ? removeItem(text, steps, change.at) : null;
		if (isSeq(steps)) return addItem(text, steps, change.at, change.step as Plain);
		return isMap(document.contents) ? addList(text, document.contents, change.list, change.step as Plain) : null;
	}
	const map: unknown = document.getIn(change.path, true);
	if (!isMap(map)) return null;
	return change.kind === 'set' ? setKey(text, map, change) : removeKey(text, map, change.key);
}

function isListOfMaps(value: unknown): value is readonly Fields[] {
	return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

function isRecord(value: unknown): value is Fields {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isSame(one: unknown, other: unknown): boolean {
	if (Array.isArray(one) && Array.isArray(other))
		return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
	if (isRecord(one) && isRecord(other)) {
		const keys = Object.keys(one);
		return (
			keys.length === Object.keys(other).length && keys.every((key) => key in other && isSame(one[key], other[key]))
		);
	}
	return Object.is(one, other);
}

/** An id that no step has, made from a word. */
export function freeStepId(text: string, word: string): string {
	const model = fieldsOf(read(text).toJS());
	const taken = new Set(
		stepLists.flatMap((list) => listOf(model[list]).map((step) => textOf(fieldsOf(step)['id']).toLowerCase()))
	);
	const base = word.replaceAll('-', '_');
	let id = base;
	for (let number = 2; taken.has(id.toLowerCase()); number++) id = `${base}_${number}`;
	return id;
}
