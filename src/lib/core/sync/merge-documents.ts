// Documents that two devices changed. A text that both went on with is a version with two parents: one of both texts stands, the other
// is in the history beside it, and a person chooses. Two documents of one name are one, since names are what all else knows them by.
import { documentHistory, type Document, type DocumentVersion } from '../document/document.ts';
import type { Encodable } from '../encoding.ts';
import { documentId, documentVersionId } from '../ids.ts';
import { mergeFields } from './merge-fields.ts';
import type { RecordRule, RuleEffects, Settling } from './record-rule.ts';
import { piecesOfKey, recordKey } from './record-value.ts';

export const DOCUMENT = 'document';
export const TEXT = 'text';
export const HOME = 'home';

/** What is kept of a document besides its id. */
type Kept = Omit<Document, 'id'>;
type Text = Omit<DocumentVersion, 'id'>;

export const MERGED_MESSAGE = 'Two devices changed it at one time';

/** Where a head has two parents with other texts, what the other one said. */
export function otherText(head: DocumentVersion, versions: readonly DocumentVersion[]): DocumentVersion | null {
	if (head.parents.length < 2) return null;
	const others = versions.filter(({ id }) => head.parents.includes(id));
	return others.find(({ text }) => text !== head.text) ?? null;
}

export const mergeDocument: NonNullable<RecordRule['merge']> = async ({ base, ours, theirs }, settling, effects) => {
	const [mine, other] = [ours as Kept, theirs as Kept];
	const merged = mergeFields(base, ours, theirs) as Kept;
	const was = base as Kept | undefined;
	if (mine.head === other.head || was?.head === mine.head || was?.head === other.head) return merged;
	return { ...merged, head: await mergeHeads(mine.head, other.head, settling, effects) };
};

async function mergeHeads(
	one: Kept['head'],
	other: Kept['head'],
	settling: Settling,
	effects: RuleEffects
): Promise<Kept['head']> {
	const texts = textsOf(settling);
	if (ancestors(one, texts).has(other)) return one;
	if (ancestors(other, texts).has(one)) return other;
	const [first, second] = sourceOf(one, texts) > sourceOf(other, texts) ? [one, other] : [other, one];
	const [stands, beside] = [texts.get(first), texts.get(second)];
	if (!stands || !beside) return stands ? first : second;
	return addText({ ...stands, parents: [first, second], ...latest(stands, beside) }, settling, effects);
}

/** The version that first said the text that stands in this one: so the same text stands, in whatever order devices came. */
function sourceOf(head: Kept['head'], texts: ReadonlyMap<string, Text>): string {
	let id = head;
	for (let at = texts.get(id); at && at.parents.length > 1; at = texts.get(id)) id = at.parents[0] ?? id;
	return id;
}

function latest(one: Text, other: Text): Pick<Text, 'message' | 'createdAtMs'> {
	return { message: MERGED_MESSAGE, createdAtMs: Math.max(one.createdAtMs, other.createdAtMs) };
}

async function addText(text: Text, settling: Settling, { name }: RuleEffects): Promise<Kept['head']> {
	const id = (await name(text)) as Kept['head'];
	settling.set(recordKey(TEXT, text.document, id), text);
	return id;
}

function ancestors(head: string, texts: ReadonlyMap<string, Text>): ReadonlySet<string> {
	const found = new Set<string>();
	const open = [head];
	for (let id = open.pop(); id !== undefined; id = open.pop()) {
		if (found.has(id)) continue;
		found.add(id);
		open.push(...(texts.get(id)?.parents ?? []));
	}
	return found;
}

/** Of documents of one kind and name, the one with the least id stays, and has the texts of the others. */
export async function settleDocuments(settling: Settling, effects: RuleEffects): Promise<void> {
	const byName = new Map<string, (readonly [string, Encodable])[]>();
	const documents = [...settling.of(DOCUMENT)].sort(([one], [other]) => (one < other ? -1 : 1));
	for (const document of documents) {
		const { kind, name } = document[1] as Kept;
		const key = `${kind}/${name.toLowerCase()}`;
		const own = byName.get(key);
		if (own) own.push(document);
		else byName.set(key, [document]);
	}
	for (const [first, ...others] of byName.values()) {
		if (!first) continue;
		const [key] = first;
		for (const [otherKey, other] of others) {
			const kept = settling.get(key) as Kept;
			const id = piecesOfKey(key)[0] ?? '';
			const head = await withHistory(id, kept.head, (other as Kept).head, settling, effects);
			settling.set(key, { ...kept, head });
			settling.drop(otherKey);
		}
	}
}

/** The head of a document once its history has that of another one. */
async function withHistory(
	document: string,
	head: Kept['head'],
	other: Kept['head'],
	settling: Settling,
	effects: RuleEffects
): Promise<Kept['head']> {
	const texts = textsOf(settling);
	const taken = new Map<string, Kept['head']>();
	const copies: Text[] = [];
	for (const id of parentsFirst(other, texts)) {
		const text = texts.get(id);
		if (!text) continue;
		const copy: Text = {
			...text,
			document: documentId(document),
			parents: text.parents.map((parent) => taken.get(parent) ?? parent)
		};
		copies.push(copy);
		taken.set(id, (await effects.name(copy)) as Kept['head']);
	}
	const [stands, beside, copied] = [texts.get(head), texts.get(other), taken.get(other)];
	if (!stands || !beside || !copied || ancestors(head, texts).has(copied)) return head;
	for (const copy of copies) await addText(copy, settling, effects);
	return addText({ ...stands, parents: [head, copied], ...latest(stands, beside) }, settling, effects);
}

function textsOf(settling: Settling): ReadonlyMap<string, Text> {
	return new Map(settling.of(TEXT).map(([key, value]) => [piecesOfKey(key)[1] ?? '', value as Text]));
}

function parentsFirst(head: string, texts: ReadonlyMap<string, Text>): readonly string[] {
	const versions = [...texts].map(([id, text]) => ({ ...text, id: documentVersionId(id) }));
	return documentHistory(documentVersionId(head), versions).map(({ id }) => id);
}

/** Kinds of which a document does something by itself. */
const ACTIVE: ReadonlySet<string> = new Set(['pipeline', 'alert']);

/** Each of them does so on one device: the one that first sent it, or took it over. One whose device is no member goes on here. */
export function settleHomes(settling: Settling, { device, devices, formerly }: RuleEffects): void {
	const known = new Set<string>();
	for (const [key, value] of settling.of(DOCUMENT)) {
		if (!ACTIVE.has((value as Kept).kind)) continue;
		const home = recordKey(HOME, piecesOfKey(key)[0] ?? '');
		known.add(home);
		const at = (settling.get(home) as { readonly device: string } | undefined)?.device;
		if (at !== undefined && devices.has(at) && !formerly.has(at)) continue;
		settling.set(home, { device: device.id, name: device.name });
	}
	for (const [home] of settling.of(HOME)) if (!known.has(home)) settling.drop(home);
}
