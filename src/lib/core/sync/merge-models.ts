// Models that two devices changed: numbers of versions are given once, also where two devices gave one at the same time, and one
// version of a model is in Production.
import type { Encodable } from '../encoding.ts';
import type { ModelEvent, ModelVersion, RegisteredModel } from '../model/registry/registered-model.ts';
import type { RecordRule, Records, RecordSides, Settling } from './record-rule.ts';
import { kindOf, piecesOfKey, printOfValue, recordKey } from './record-value.ts';

export const MODEL = 'model';
export const MODEL_VERSION = 'model-version';
export const MODEL_EVENT = 'model-event';

export type EventRecord = Omit<ModelEvent, 'seq'>;

export function eventKey(event: EventRecord): string {
	return recordKey(MODEL_EVENT, event.model.toLowerCase(), printOfValue(event));
}

export function versionKey({ model, number }: Pick<ModelVersion, 'model' | 'number'>): string {
	return recordKey(MODEL_VERSION, model.toLowerCase(), String(number));
}

/** Versions that were made here under numbers that another device gave, too, get the next ones, with all that names them. */
export const renumber: NonNullable<RecordRule['makeWay']> = ({ base, ours, theirs }) => {
	const changes = new Map<string, Encodable | null>();
	const numbers = new Map<string, number>();
	for (const [key, { value }] of [...ours].sort(byNumber)) {
		const other = theirs.get(key);
		if (kindOf(key) !== MODEL_VERSION || value === undefined || !other || base.has(key)) continue;
		const version = value as ModelVersion;
		if (other.value !== undefined && isSameVersion(version, other.value as ModelVersion)) continue;
		if (other.print === ours.get(key)?.print) continue;
		const model = version.model.toLowerCase();
		const number = (numbers.get(model) ?? lastNumber(model, ours, theirs)) + 1;
		numbers.set(model, number);
		changes.set(key, null);
		changes.set(versionKey({ model, number }), { ...version, number });
		renumberNames(version, number, { base, ours, theirs }, changes);
	}
	return changes;
};

function byNumber([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
	return Number(piecesOfKey(one)[1] ?? 0) - Number(piecesOfKey(other)[1] ?? 0);
}

function isSameVersion(one: ModelVersion, other: ModelVersion): boolean {
	return one.onnx === other.onnx && one.createdAtMs === other.createdAtMs && one.run === other.run;
}

function lastNumber(model: string, ...sides: readonly Records[]): number {
	let last = 0;
	for (const side of sides)
		for (const [key, { value }] of side) {
			const [of, number] = piecesOfKey(key);
			if (of !== model) continue;
			if (kindOf(key) === MODEL_VERSION) last = Math.max(last, Number(number));
			if (kindOf(key) === MODEL_EVENT) last = Math.max(last, (value as EventRecord | undefined)?.number ?? 0);
		}
	return last;
}

function renumberNames(
	{ model, number: was }: ModelVersion,
	number: number,
	{ base, ours, theirs }: RecordSides<Records>,
	changes: Map<string, Encodable | null>
): void {
	for (const [key, { value }] of ours) {
		const [of] = piecesOfKey(key);
		if (of !== model.toLowerCase() || value === undefined) continue;
		const now = changes.get(key) ?? value;
		if (kindOf(key) === MODEL_EVENT && !theirs.has(key) && (now as EventRecord).number === was) {
			const event: EventRecord = { ...(now as EventRecord), number };
			changes.set(key, null);
			changes.set(eventKey(event), event);
		}
		if (kindOf(key) !== MODEL) continue;
		const { aliases, ...rest } = now as RegisteredModel;
		const before = (base.get(key)?.value as RegisteredModel | undefined)?.aliases ?? {};
		const moved = Object.entries(aliases).map(
			([alias, to]) => [alias, to === was && before[alias] !== was ? number : to] as const
		);
		changes.set(key, { ...rest, aliases: Object.fromEntries(moved) });
	}
}

/** The greatest number in Production stays there; a version has a model. */
export function settleModels(settling: Settling): void {
	const serving = new Map<string, ModelVersion>();
	const all = settling.of(MODEL_VERSION).map(([key, value]) => [key, value as ModelVersion] as const);
	for (const [, version] of all) {
		const model = version.model.toLowerCase();
		if (version.stage === 'Production' && version.number > (serving.get(model)?.number ?? 0))
			serving.set(model, version);
		const record = recordKey(MODEL, model);
		if (settling.get(record) !== undefined) continue;
		settling.set(record, { name: version.model, aliases: {}, createdAtMs: version.createdAtMs });
	}
	for (const [key, version] of all)
		if (version.stage === 'Production' && serving.get(version.model.toLowerCase())?.number !== version.number)
			settling.set(key, { ...version, stage: 'Archived' });
}
