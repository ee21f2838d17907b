// Publishes an edition of a report for a step of a pipeline: renders it, keeps it, makes a link to it, tells of it. Each is done once, however
// often its page is killed on the way: what stands is found by the run and the step.
import { newDelivery, type Delivery } from '../core/alert/delivery.ts';
import { channelKey } from '../core/alert/rule.ts';
import type { Failure } from '../core/failure.ts';
import type { ResultId } from '../core/ids.ts';
import type { ReportWork } from '../core/pipeline/pipeline.ts';
import type { Edition } from '../core/report/edition.ts';
import { parseReport } from '../core/report/parse-report.ts';
import { err, ok, type Result } from '../core/result.ts';
import { bundleTitle } from '../core/share/bundle-title.ts';
import type { KeptEdition } from '../core/share/kept-edition.ts';
import { writeShareLink } from '../core/share/share-link.ts';
import type { Effects } from './effects.ts';
import { findDocument } from './list-documents.ts';
import { renderReport } from './render-report.ts';
import { listShares, packedOf, shareEdition } from './share-edition.ts';

const DAY_MS = 86_400_000;

export type PublishInput = {
	/** Of the engine's answers. */
	readonly id: ResultId;
	readonly by: { readonly pipeline: string; readonly run: string; readonly step: string };
	readonly work: ReportWork;
	readonly signal?: AbortSignal | undefined;
	readonly log: (text: string) => void;
};

export async function publishEdition(input: PublishInput, effects: Effects): Promise<Result<KeptEdition, Failure>> {
	const { work, by, log } = input;
	const id = `${by.run}/${by.step}`;
	const known = await effects.editions.edition(id);
	if (!known.ok) return known;
	if (known.value) log('The edition stands: an attempt before made it');
	const made = known.value ? ok(known.value) : await renderEdition(id, input, effects);
	if (!made.ok) return made;
	const shared = await sharedEdition(made.value, work, effects);
	if (!shared.ok) return shared;
	const edition = shared.value;
	if (edition.share) log(`A link to it stands until ${new Date(edition.share.expiresAtMs).toISOString()}`);
	const told = await effects.alerts.post(deliveriesOf(edition, work, effects));
	if (!told.ok) return told;
	if (work.notify.length > 0) log(`Told ${work.notify.map(({ kind }) => kind).join(', ')}`);
	const pruned = await pruneEditions(by, work.keep, effects);
	return pruned.ok ? ok(edition) : pruned;
}

async function renderEdition(
	id: string,
	{ id: resultId, by, work, signal, log }: PublishInput,
	effects: Effects
): Promise<Result<KeptEdition, Failure>> {
	const found = await findDocument('report', work.report, effects);
	if (!found.ok) return found;
	const { document, version } = found.value;
	const parsed = parseReport(version.text);
	if (!parsed.ok) return parsed;
	const chosen = new Map(Object.entries(work.inputs).map(([name, value]) => [name.toLowerCase(), value]));
	const names = parsed.value.blocks.flatMap((block) => (block.kind === 'input' ? [block.name] : []));
	const unknown = Object.keys(work.inputs).find(
		(name) => !names.some((one) => one.toLowerCase() === name.toLowerCase())
	);
	if (unknown !== undefined) return err({ kind: 'no-such-input', report: document.name, name: unknown, known: names });
	const rendered = await renderReport(
		{ id: resultId, report: parsed.value, name: document.name, version: version.id, chosen, signal },
		effects
	);
	if (!rendered.ok) return rendered;
	const failed = failedBlocks(rendered.value);
	if (failed.length > 0) return err({ kind: 'report-incomplete', report: document.name, blocks: failed });
	const packed = await packedOf(rendered.value, effects);
	if (!packed.ok) return packed;
	const { bytes, bundle } = packed.value;
	const edition: KeptEdition = {
		...{ id, ...by, report: document.name, title: bundleTitle(bundle) },
		renderedAtMs: bundle.renderedAtMs,
		sources: bundle.sources.map(({ name, number }) => (number === null ? name : `${name} v${number}`)),
		versions: rendered.value.sources.map((source) => source.version),
		...{ sizeBytes: bytes.length, fingerprint: await effects.sharing.fingerprintOf(bytes), share: null }
	};
	const kept = await effects.editions.add(edition, bytes);
	if (!kept.ok) return kept;
	log(`Made an edition of ${document.name}: ${bytes.length} bytes`);
	return ok(edition);
}

/** By line: a report that others read is whole, or it is none. */
function failedBlocks({
	blocks
}: Edition<{ readonly kind: string }>): readonly { readonly line: number; readonly kind: string }[] {
	return blocks.flatMap((one) => {
		const shown = 'values' in one ? one.values : 'shown' in one ? [one.shown] : [];
		return shown.flatMap((each) => (each.ok ? [] : [{ line: one.block.place.line, kind: each.failure.kind }]));
	});
}

/** The link is known before it is made, so that one that was made and not heard of is found again. */
async function sharedEdition(
	edition: KeptEdition,
	{ share: wanted }: ReportWork,
	effects: Effects
): Promise<Result<KeptEdition, Failure>> {
	if (!wanted || edition.share?.isThere) return ok(edition);
	if (edition.share) {
		const listed = await listShares(effects);
		if (!listed.ok) return listed;
		const { share } = edition.share;
		if (listed.value.some((one) => one.share === share)) return asThere(edition, edition.share, effects);
	}
	const bundle = await effects.editions.bundle(edition.id);
	if (!bundle.ok) return bundle;
	if (!bundle.value) return err({ kind: 'storage-unavailable', reason: 'the bundle of the edition is missing' });
	const link = effects.sharing.newLink(false);
	const expiresAtMs = effects.now() + wanted.expiresInDays * DAY_MS;
	const share = { share: link.share, link: writeShareLink(link), expiresAtMs, isThere: false };
	const planned = await effects.editions.change({ ...edition, share });
	if (!planned.ok) return planned;
	const { report, title } = edition;
	const made = await shareEdition(
		{
			...{ packed: { bytes: bundle.value, report, title }, link },
			...{ expiresInDays: wanted.expiresInDays, views: wanted.views ?? undefined }
		},
		effects
	);
	return made.ok ? asThere(edition, { ...share, expiresAtMs: made.value.expiresAtMs }, effects) : made;
}

async function asThere(
	edition: KeptEdition,
	share: NonNullable<KeptEdition['share']>,
	effects: Effects
): Promise<Result<KeptEdition, Failure>> {
	const there: KeptEdition = { ...edition, share: { ...share, isThere: true } };
	const changed = await effects.editions.change(there);
	return changed.ok ? ok(there) : changed;
}

/** One for each channel, by ids that the same edition has again. */
function deliveriesOf(
	{ id, report, title, pipeline, renderedAtMs, share }: KeptEdition,
	{ notify }: ReportWork,
	effects: Effects
): readonly Delivery[] {
	const atMs = effects.now();
	const link = share && effects.sharing.origin + share.link;
	const byKey = new Map(notify.map((channel) => [channelKey(channel), channel]));
	return [...byKey].map(([key, channel]) =>
		newDelivery(`edition ${id} ${key}`, {
			kind: 'edition',
			channel,
			group: `edition ${id}`,
			atMs,
			severity: 'info',
			incidents: [
				{
					...{ id, ruleName: pipeline, subject: title, dataset: null, severity: 'info', sinceMs: renderedAtMs },
					...{ resolvedAtMs: null, cause: null },
					facts: { kind: 'edition', report, edition: id, link, expiresAtMs: share?.expiresAtMs ?? null }
				}
			]
		})
	);
}

async function pruneEditions(
	{ pipeline, step }: PublishInput['by'],
	keep: number,
	effects: Effects
): Promise<Result<void, Failure>> {
	const all = await effects.editions.all();
	if (!all.ok) return all;
	const own = all.value.filter((one) => one.pipeline === pipeline && one.step === step);
	const old = own.slice(keep).map((one) => one.id);
	return old.length === 0 ? ok(undefined) : effects.editions.remove(old);
}
