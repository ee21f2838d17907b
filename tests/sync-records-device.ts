// The records of a device of the simulation, under the real rules of all kinds, and what a person does with them.
import { encodeCanonical, type Encodable } from '#core/encoding.ts';
import { documentId, documentVersionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import { DOCUMENT, HOME, TEXT } from '#core/sync/merge-documents.ts';
import { eventKey, MODEL, versionKey } from '#core/sync/merge-models.ts';
import { entryOf, rulesOf } from '#core/sync/merge-records.ts';
import { NO_BASE, recordsOf, type BaseChange, type RecordBase } from '#core/sync/record-base.ts';
import type { RecordRule } from '#core/sync/record-rule.ts';
import {
	documentRule,
	editionRule,
	homeRule,
	modelEventRule,
	modelMetricRule,
	modelRule,
	modelRunRule,
	modelVersionRule,
	runRule,
	shareRule,
	textRule,
	verdictRule,
	type EditionValue
} from '#core/sync/record-rules.ts';
import { kindOf, piecesOfKey, printOfValue, recordKey } from '#core/sync/record-value.ts';
import type { StoreFailure } from '#core/version/store-failure.ts';
import type { LocalChanges, RecordRows } from '#lib/db/sync-records.ts';
import { toyHash } from './sync-toy-keys.ts';

const allRules: readonly RecordRule[] = [
	textRule,
	documentRule,
	homeRule,
	verdictRule,
	runRule,
	modelRunRule,
	modelMetricRule,
	modelRule,
	modelVersionRule,
	modelEventRule,
	shareRule,
	editionRule
];

/** Broken on purpose, where one is planted. */
export function rulesUnder(plant: string | null): readonly RecordRule[] {
	return allRules.map((rule) => {
		const broken: { -readonly [K in keyof RecordRule]: RecordRule[K] } = { ...rule };
		if (plant === 'no-text-merge') delete broken.merge;
		if (plant === 'no-renumber') delete broken.makeWay;
		if (plant === 'earlier-edition' && rule === editionRule)
			broken.merge = ({ ours, theirs }) => (stageOf(ours) < stageOf(theirs) ? ours : theirs);
		return broken;
	});
}

function stageOf(value: Encodable): number {
	const { share } = (value as EditionValue).edition;
	return share === null ? 0 : share.isThere ? 2 : 1;
}

const CHANGES_TOLD = 12;
const NAMES = ['daily', 'Daily', 'weekly'];

/** Marks each change, unless a planted bug forgets it. */
class MarkedRecords extends Map<string, Encodable> {
	mark = 0;
	/** The key of each change. */
	readonly changed: string[] = [];
	readonly #isMarking: boolean;

	constructor(isMarking: boolean) {
		super();
		this.#isMarking = isMarking;
	}

	override set(key: string, value: Encodable): this {
		this.#note(key);
		return super.set(key, value);
	}

	override delete(key: string): boolean {
		this.#note(key);
		return super.delete(key);
	}

	#note(key: string): void {
		if (this.#isMarking) this.mark = this.changed.push(key);
	}
}

export class RecordsDevice {
	readonly records: MarkedRecords;
	base: RecordBase = NO_BASE;

	constructor(isMarking: boolean) {
		this.records = new MarkedRecords(isMarking);
	}

	get documents(): readonly (readonly [string, { readonly name: string; readonly head: string }])[] {
		return [...this.records].flatMap(([key, value]) =>
			kindOf(key) === DOCUMENT ? [[piecesOfKey(key)[0] ?? '', value as { name: string; head: string }] as const] : []
		);
	}

	/** A text that was said, under the document's id. */
	save(id: string, text: string, atMs: number, name?: string): string {
		const key = recordKey(DOCUMENT, id);
		const before = this.records.get(key) as { readonly head: string; readonly name: string } | undefined;
		const content = {
			document: id,
			parents: before ? [before.head] : [],
			text,
			message: 'm',
			createdAtMs: atMs
		};
		const head = documentVersionId(toyHash('name', encodeCanonical(content)));
		this.records.set(recordKey(TEXT, id, head), content);
		const created = { kind: 'pipeline', name: name ?? '', createdAtMs: atMs };
		this.records.set(key, { ...(before ?? created), head });
		return head;
	}

	/** Null where every name is taken here. */
	create(id: string, text: string, atMs: number): string | null {
		const taken = this.documents.map(([, { name }]) => name.toLowerCase());
		const name = NAMES.find((one) => !taken.includes(one.toLowerCase()));
		return name === undefined ? null : this.save(id, text, atMs, name);
	}

	/** A version of the one model, which has the next number here. */
	register(onnx: string, isServing: boolean, atMs: number): void {
		const numbers = [...this.records.keys()].flatMap((key) =>
			kindOf(key) === 'model-version' ? [Number(piecesOfKey(key)[1])] : []
		);
		const [model, number] = ['churn', Math.max(0, ...numbers) + 1];
		const stage = isServing ? 'Production' : 'None';
		this.records.set(recordKey(MODEL, model), { name: model, aliases: { newest: number }, createdAtMs: 1 });
		if (isServing)
			for (const [key, value] of this.records)
				if (kindOf(key) === 'model-version')
					this.records.set(key, { ...(value as Record<string, Encodable>), stage: 'Archived' });
		this.records.set(versionKey({ model, number }), {
			...{ model, number, stage, onnx, signature: {}, repairs: [], run: null, createdAtMs: atMs }
		});
		const event = { model, number, kind: 'registered' as const, from: null, to: null, who: null, why: '', atMs };
		this.records.set(eventKey(event), event);
	}

	addVerdict(version: string, outcome: string, atMs: number): void {
		const verdict = { id: `v ${atMs}`, suite: 'rules', dataset: 'd', version, outcome, counts: {}, checks: [], atMs };
		this.records.set(recordKey('verdict', 'd', version, 'rules'), verdict);
	}

	addRun(id: string, log: string, atMs: number): void {
		const run = { id, pipeline: 'daily', text: '', params: {}, state: 'succeeded', cause: { kind: 'hand' } };
		// Some are longer than a page.
		const attempts = [{ run: id, step: 's', attempt: 1, state: 'succeeded', log: [log.repeat(400)] }];
		this.records.set(recordKey('run', 'daily', id), { run: { ...run, startedAtMs: atMs }, attempts });
	}

	/** What a step rendered, which nobody has a link to yet. */
	render(id: string, atMs: number): void {
		const edition = {
			...{ id, pipeline: 'daily', run: 'r', step: 's', report: 'sales', title: 'Sales', renderedAtMs: atMs },
			...{ sources: ['sales'], versions: ['v'], sizeBytes: 4, fingerprint: 'f', share: null }
		};
		const bundle = new TextEncoder().encode(id);
		this.records.set(recordKey(editionRule.kind, id), { edition, bundle });
	}

	/** An edition's link is kept before its bundle is sent, and told once it is there: whose link then may be sent to people. */
	publish(at: number, dies: boolean): string | null {
		const editions = [...this.records].filter(([key]) => kindOf(key) === editionRule.kind);
		const [key, value] = editions[at % Math.max(1, editions.length)] ?? [];
		if (key === undefined || value === undefined) return null;
		const { edition, bundle } = value as EditionValue;
		if (edition.share?.isThere) return null;
		const share = `/s/${edition.id}`;
		const published = { ...edition, share: { share, link: share, expiresAtMs: 9, isThere: !dies } };
		this.records.set(key, { edition: published as unknown as Encodable, bundle });
		return dies ? null : share;
	}

	share(share: string, atMs: number): string {
		this.records.set(recordKey(shareRule.kind, share), {
			...{ share, report: 'sales', title: 'Sales', link: share, hasPassphrase: false, createdAtMs: atMs },
			...{ expiresAtMs: atMs + 9, maxViews: null, sizeBytes: 4, fingerprint: 'f' }
		});
		return share;
	}

	revoke(at: number): void {
		const shared = [...this.records.keys()].filter((key) => [shareRule.kind, editionRule.kind].includes(kindOf(key)));
		const key = shared[at % Math.max(1, shared.length)];
		if (key !== undefined) this.records.delete(key);
	}

	/** Links that people may have, as they are listed here. */
	get links(): ReadonlySet<string> {
		return new Set(
			[...this.records].flatMap(([key, value]) => {
				if (kindOf(key) === shareRule.kind) return [(value as { readonly link: string }).link];
				const share = kindOf(key) === editionRule.kind ? (value as EditionValue).edition.share : null;
				return share?.isThere ? [share.link] : [];
			})
		);
	}

	/** A verdict or a run is let go here, and texts that no history holds: which is nobody else's matter. */
	forget(at: number): void {
		const kept = this.#reached;
		for (const key of [...this.records.keys()]) if (kindOf(key) === TEXT && !kept.has(key)) this.records.delete(key);
		const lasting = [...this.records.keys()].filter((key) => ['verdict', 'run'].includes(kindOf(key)));
		const key = lasting[at % Math.max(1, lasting.length)];
		if (key !== undefined) this.records.delete(key);
	}

	/** What all devices must have alike: what is shared, and what of it none may forget. */
	get told(): string {
		const root = this.base.pages.find(({ path }) => path === '')?.id ?? 'nothing';
		const rules = rulesOf(allRules);
		const changing = [...this.records].filter(([key]) => rules.get(kindOf(key))?.isLasting === false);
		return `${root} ${changing
			.map(([key, value]) => `${key}=${printOfValue(value)}`)
			.sort()
			.join(' ')}`;
	}

	/** Texts that the history of any document holds. */
	get texts(): ReadonlySet<string> {
		return new Set([...this.#reached].map((key) => (this.records.get(key) as { readonly text: string }).text));
	}

	/** Keys of the texts in any history. */
	get #reached(): ReadonlySet<string> {
		const found = new Set<string>();
		for (const [id, { head }] of this.documents) {
			const open = [head];
			for (let at = open.pop(); at !== undefined; at = open.pop()) {
				const key = recordKey(TEXT, id, at);
				const value = this.records.get(key);
				if (found.has(key) || value === undefined) continue;
				found.add(key);
				open.push(...(value as { readonly parents: readonly string[] }).parents);
			}
		}
		return found;
	}

	get problems(): readonly string[] {
		const problems: string[] = [];
		const names = this.documents.map(([, { name }]) => name.toLowerCase());
		if (new Set(names).size < names.length) problems.push('two documents of one name');
		const serving = [...this.records].filter(
			([key, value]) => kindOf(key) === 'model-version' && (value as { stage: string }).stage === 'Production'
		);
		if (serving.length > 1) problems.push('two versions in Production');
		for (const [id, { head }] of this.documents)
			if (!this.records.has(recordKey(TEXT, id, head))) problems.push(`document ${id} has no text`);
		for (const [id] of this.documents)
			if (!this.records.has(recordKey(HOME, id))) problems.push(`document ${id} is nowhere at home`);
		for (const key of recordsOf(this.base).keys()) if (!key.includes('/')) problems.push(`no key: ${key}`);
		return problems;
	}
}

export type RecordAct = {
	/** Counts up over all devices. */
	readonly said: number;
	readonly text: string;
	readonly onnx: string;
	readonly atMs: number;
	readonly random: () => number;
	/** Whether anything is ever taken away. */
	readonly removes: boolean;
};

/** What must never be lost, by what it is known. */
export type Said = { readonly kind: 'text' | 'model' | 'link'; readonly what: string };

/** One thing that a person does with documents, models and links, or that runs and checks do. */
export function actOnRecords(others: RecordsDevice, act: RecordAct): Said | null {
	const { said, text, onnx, atMs, random, removes } = act;
	const below = (limit: number): number => Math.floor(random() * limit);
	const kind = below(removes ? 16 : 13);
	const document = others.documents[below(others.documents.length)]?.[0];
	if (kind < 4 && document !== undefined) {
		others.save(document, text, atMs);
		return { kind: 'text', what: text };
	}
	if (kind < 5) {
		const created = others.create(`doc-${said}-${below(1000)}`, text, atMs);
		return created === null ? null : { kind: 'text', what: text };
	}
	if (kind < 7) {
		others.register(onnx, random() < 0.5, atMs);
		return { kind: 'model', what: onnx };
	}
	if (kind === 11) {
		const link = others.publish(said, random() < 0.5);
		return link === null ? null : { kind: 'link', what: link };
	}
	if (kind === 12) return { kind: 'link', what: others.share(`/s/${said}-${below(1000)}`, atMs) };
	if (kind === 7) others.addVerdict(`v${below(4)}`, random() < 0.5 ? 'pass' : 'fail', atMs);
	else if (kind === 8) others.addRun(`run ${said}`, random() < 0.3 ? text : 'x', atMs);
	else if (kind === 9) others.forget(said);
	else if (kind === 10) others.render(`edition-${said}-${below(1000)}`, atMs);
	else if (kind === 15) others.revoke(said);
	else if ((kind === 13 || kind === 14) && document !== undefined) others.records.delete(`document/${document}`);
	return null;
}

/** As a store tells them that forgets what is long ago. */
function changesOf(records: MarkedRecords, since: string): LocalChanges | null {
	const keys = records.changed.slice(Number(since));
	if (keys.length > CHANGES_TOLD) return null;
	const isTold = (key: string): boolean => kindOf(key) === verdictRule.kind;
	return {
		mark: String(records.mark),
		kinds: new Set([verdictRule.kind]),
		records: new Map([...records].filter(([key]) => !isTold(key))),
		changed: new Map(keys.filter(isTold).map((key) => [key, records.get(key) ?? null]))
	};
}

type At = <T>(act: () => Result<T, StoreFailure>) => Promise<Result<T, StoreFailure>>;

export function recordRows(device: RecordsDevice, at: At, rules: readonly RecordRule[]): RecordRows {
	const agree = ({ put, drop, ...of }: BaseChange): void => {
		const pages = new Map(device.base.pages.map((page) => [page.path, page]));
		for (const path of drop) pages.delete(path);
		for (const page of put) pages.set(page.path, page);
		device.base = { ...of, pages: [...pages.values()] };
	};
	const mark = (): string => String(device.records.mark);
	return {
		rules,
		standing: () => at(() => ok({ mark: mark(), base: device.base })),
		local: () => at(() => ok({ mark: mark(), records: new Map(device.records) })),
		changes: (since) => at(() => ok(changesOf(device.records, since))),
		base: () => at(() => ok(device.base)),
		adopt: ({ changes, base, mark: read }) =>
			at(() => {
				const isAsRead = mark() === read;
				for (const { key, before } of changes) {
					const now = device.records.get(key);
					if ((now === undefined ? null : entryOf(now).print) !== before) return err({ kind: 'moved', name: key });
				}
				for (const { key, after } of changes)
					if (after === null) device.records.delete(key);
					else device.records.set(key, after);
				agree({ ...base, inStep: base.inStep && isAsRead ? { mark: mark(), ...base.inStep } : null });
				return ok(isAsRead ? mark() : null);
			}),
		agree: (base) =>
			at(() => {
				agree(base);
				return ok(undefined);
			}),
		storedFiles: (ids) => at(() => ok(new Set(ids))),
		fileBytes: () => at(() => ok(null)),
		addFile: () => at(() => ok(undefined)),
		homes: () =>
			at(() =>
				ok(
					[...device.records].flatMap(([key, value]) =>
						kindOf(key) === HOME
							? [{ document: documentId(piecesOfKey(key)[0] ?? ''), ...(value as { device: string; name: string }) }]
							: []
					)
				)
			),
		saveHome: () => at(() => ok(undefined)),
		formerly: () => at(() => ok([]))
	};
}
