// Reports of the runner's world: what a step publishes is published by its own flow, and every call over the rim may be a page's last.
// Editions, links and notices survive pages; twice or lost is told by `problems`.
import type { Delivery } from '#core/alert/delivery.ts';
import { documentId, documentVersionId, resultId } from '#core/ids.ts';
import type { ReportWork } from '#core/pipeline/pipeline.ts';
import { NO_OUTCOME, type AttemptRecord, type FailureFacts } from '#core/pipeline/run-record.ts';
import { ok, type Result } from '#core/result.ts';
import type { KeptEdition } from '#core/share/kept-edition.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { publishEdition } from '#lib/flows/publish-edition.ts';
import type { Done, WorkContext } from '#lib/flows/runner-effects.ts';
import type { EdgeShare } from '#lib/flows/share-net.ts';
import type { Page, Pages } from './pipeline-pages.ts';
import type { Plant } from './pipeline-plants.ts';
import { hash } from './pipeline-reads.ts';

type Bytes = Uint8Array<ArrayBuffer>;

const id = documentVersionId('weekly-1');
const document = { id: documentId('weekly'), kind: 'report', name: 'weekly', head: id, createdAtMs: 0 } as const;
const version = { id, document: document.id, parents: [], text: '# Weekly\n', message: '', createdAtMs: 0 };

export class WorldEditions {
	readonly editions = new Map<string, { readonly edition: KeptEdition; readonly bytes: Bytes }>();
	/** What stands on the edge, and of which edition. */
	readonly #links = new Map<string, { readonly share: EdgeShare; readonly of: string }>();
	readonly #notices: Delivery[] = [];
	readonly #pages: Pages;
	readonly #plant: Plant | null;

	constructor({ pages, plant }: { readonly pages: Pages; readonly plant: Plant | null }) {
		this.#pages = pages;
		this.#plant = plant;
	}

	async publish(page: Page, work: ReportWork, context: WorkContext): Promise<Result<Done, FailureFacts>> {
		const { run, step, pipeline, signal } = context;
		const log = (text: string): void => context.log('info', text);
		const input = { id: resultId(`${run} ${step}`), by: { pipeline, run, step }, work, signal, log };
		const published = await publishEdition(input, this.#effects(page, `${run}/${step}`));
		if (!published.ok) return published;
		const { id: edition, report } = published.value;
		return ok({ outcome: { ...NO_OUTCOME, edition: { id: edition, report } }, isCheckpointed: false });
	}

	/** Of steps that are done: one edition each, one link that it names, one notice for each channel. */
	problems(attempts: Iterable<AttemptRecord>): readonly string[] {
		const problems: string[] = [];
		const links = [...this.#links.values()];
		for (const { run, step, state, outcome } of attempts) {
			if (state !== 'succeeded' || !outcome?.edition) continue;
			const own = `${run}/${step}`;
			const edition = this.editions.get(own)?.edition;
			if (outcome.edition.id !== own || !edition) problems.push(`${own} is done, and its edition is not there`);
			const made = links.filter((link) => link.of === own).map(({ share }) => share.share);
			if (made.length !== 1 || made[0] !== edition?.share?.share) problems.push(`${own} has ${made.length} links`);
			const told = this.#notices.filter(({ notice }) => notice.incidents[0]?.id === own);
			const channels = new Set(told.map(({ notice }) => notice.channel.kind));
			if (told.length !== 2 || channels.size !== 2) problems.push(`${own} was told of ${told.length} times`);
			if (told.some(({ notice }) => !JSON.stringify(notice).includes(edition?.share?.link ?? '?')))
				problems.push(`${own} was told of with another link`);
		}
		return problems;
	}

	#effects(page: Page, edition: string): Effects {
		const pages = this.#pages;
		const { editions } = this;
		const io = <T>(effect: () => T): Promise<Result<T, never>> => pages.io(page, () => ok(effect()));
		const now = <T>(value: T): Promise<T> => Promise.resolve(value);
		const effects = {
			now: () => pages.nowMs,
			random: () => 0,
			randomId: () => `id-${pages.nextId()}`,
			upgrade: { isNeeded: () => now(ok(false)) },
			store: {
				documents: () => io(() => [document]),
				documentVersions: () => io(() => [version]),
				catalogue: () => io(() => []),
				idKey: () => now(ok({}))
			},
			editions: {
				all: () => io(() => [...editions.values()].map((one) => one.edition).toReversed()),
				edition: (own: string) =>
					io(() => (this.#plant === 'edition-forgotten' ? null : (editions.get(own)?.edition ?? null))),
				bundle: (own: string) => io(() => editions.get(own)?.bytes ?? null),
				add: (own: KeptEdition, bytes: Bytes) =>
					io(() => {
						if (!editions.has(own.id)) editions.set(own.id, { edition: own, bytes });
					}),
				change: (own: KeptEdition) =>
					io(() => {
						const there = editions.get(own.id);
						if (there) editions.set(own.id, { ...there, edition: own });
					}),
				remove: (own: readonly string[]) => io(() => own.forEach((one) => editions.delete(one)))
			},
			alerts: {
				post: (deliveries: readonly Delivery[]) =>
					io(() => {
						const isNew = ({ id: own }: Delivery): boolean => !this.#notices.some((one) => one.id === own);
						this.#notices.push(...deliveries.filter((one) => this.#plant === 'told-again' || isNew(one)));
					})
			},
			sharing: {
				origin: 'https://weir.test',
				newLink: () => ({ share: `share-${pages.nextId()}`, secret: new Uint8Array(32), hasPassphrase: false }),
				keysOf: () => now(ok({ key: {}, auth: 'auth' })),
				seal: (_key: unknown, _share: string, bytes: Bytes) => now(bytes),
				fingerprintOf: (bytes: Bytes) => now(hash(String(bytes))),
				rows: { save: () => io(() => undefined), forget: () => io(() => undefined), all: () => io(() => []) },
				edge: () => ({
					put: ({ share, expiresAtMs }: Pick<EdgeShare, 'share' | 'expiresAtMs'>) =>
						io(() => {
							const facts = { views: 0, lastViewedAtMs: null, wrongTries: 0, isLocked: false, revokedAtMs: null };
							const made = { share, sizeBytes: 1, createdAtMs: pages.nowMs, expiresAtMs, maxViews: null, ...facts };
							this.#links.set(share, { share: made, of: edition });
						}),
					list: () =>
						io(() => (this.#plant === 'link-unlisted' ? [] : [...this.#links.values()].map(({ share }) => share)))
				})
			},
			sync: {
				rows: {
					account: () => now(ok({ workspace: 'w', token: 't', keys: {}, device: { id: 'd', name: 'd' } })),
					choice: () => now(ok({ bytesPerSecond: null })),
					members: () => now(ok([]))
				},
				crypto: {
					keys: () => ({ token: () => now('owner'), inbox: () => now({}) }),
					tokenHash: () => now('hash')
				},
				edge: () => ({})
			}
		};
		return effects as unknown as Effects;
	}
}
