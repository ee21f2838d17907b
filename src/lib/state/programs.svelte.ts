// What other programs may do with the workspace, as the page shows it: inboxes, and versions that are open to everybody.
import type { Failure } from '#core/failure.ts';
import type { Result } from '#core/result.ts';
import { drainInboxes } from '#lib/flows/drain-inbox.ts';
import type { Effects } from '#lib/flows/effects.ts';
import {
	closeInbox,
	createPushToken,
	discardItem,
	listInboxes,
	openInbox,
	revokePushToken,
	takeItem,
	type ItemInput,
	type ShownInbox
} from '#lib/flows/inbox-set-up.ts';
import type { HookSignature } from '#lib/flows/programs-net.ts';
import {
	listPublications,
	planPublication,
	publishVersion,
	unpublish,
	type PublicationPlan,
	type ShownPublication
} from '#lib/flows/publish-version.ts';
import { createReadKey, listReadKeys, revokeReadKey, type ShownReadKey } from '#lib/flows/read-keys.ts';
import type { Toasts } from './toasts.svelte.ts';

/** A text that is shown once, with what it is for. */
export type ShownSecret = { readonly title: string; readonly text: string };

export class Programs {
	#inboxes = $state.raw<readonly ShownInbox[] | null>(null);
	#readKeys = $state.raw<readonly ShownReadKey[]>([]);
	#publications = $state.raw<readonly ShownPublication[] | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#secret = $state.raw<ShownSecret | null>(null);
	#plan = $state.raw<(PublicationPlan & { readonly reference: string }) | null>(null);
	#isBusy = $state(false);
	#asked = 0;
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** Null until they were read. */
	get inboxes(): readonly ShownInbox[] | null {
		return this.#inboxes;
	}
	get readKeys(): readonly ShownReadKey[] {
		return this.#readKeys;
	}
	get publications(): readonly ShownPublication[] | null {
		return this.#publications;
	}
	/** Why nothing could be read. */
	get failure(): Failure | null {
		return this.#failure;
	}
	/** What was made just now; nobody can be told it again. */
	get secret(): ShownSecret | null {
		return this.#secret;
	}
	/** What a person is asked about before it is published. */
	get plan(): (PublicationPlan & { readonly reference: string }) | null {
		return this.#plan;
	}
	get isBusy(): boolean {
		return this.#isBusy;
	}

	/** Reads what there is now, and whenever something is synced. Returns the stop function. */
	follow(): () => void {
		void this.refresh();
		const refresh = (): void => void this.refresh();
		const stops = [this.#effects.sync.rows.watch(refresh), this.#effects.sync.inbox.watch(refresh)];
		return () => stops.forEach((stop) => stop());
	}

	async refresh(): Promise<void> {
		const asked = ++this.#asked;
		const [inboxes, readKeys] = [await listInboxes(this.#effects), await listReadKeys(this.#effects)];
		const publications = await listPublications(this.#effects);
		// One that was asked for later tells of a later time.
		if (asked !== this.#asked) return;
		const failed = [inboxes, readKeys, publications].find((one) => !one.ok);
		this.#failure = failed && !failed.ok ? failed.error : null;
		if (inboxes.ok) this.#inboxes = inboxes.value;
		if (readKeys.ok) this.#readKeys = readKeys.value;
		if (publications.ok) this.#publications = publications.value;
	}

	forgetSecret(): void {
		this.#secret = null;
	}

	async open(dataset: string, hook?: HookSignature, secret?: string): Promise<boolean> {
		return this.#do(
			() => openInbox({ dataset, hook, secret }, this.#effects),
			({ hookPath }) => {
				if (hookPath !== null)
					this.#secret = { title: `The address of ${dataset} for services`, text: `${location.origin}${hookPath}` };
			}
		);
	}

	close(dataset: string): Promise<boolean> {
		return this.#do(() => closeInbox(dataset, this.#effects));
	}

	createToken(dataset: string, name: string): Promise<boolean> {
		return this.#do(
			() => createPushToken({ dataset, name }, this.#effects),
			(text) => (this.#secret = { title: `${name} pushes into ${dataset} with this`, text })
		);
	}

	revoke(id: string): Promise<boolean> {
		return this.#do(() => revokePushToken(id, this.#effects));
	}

	createReadKey(dataset: string, name: string): Promise<boolean> {
		return this.#do(
			() => createReadKey({ dataset, name }, this.#effects),
			(text) => (this.#secret = { title: `${name} reads ${dataset} with this`, text })
		);
	}

	revokeReadKey(id: string): Promise<boolean> {
		return this.#do(() => revokeReadKey(id, this.#effects));
	}

	/** A new one in the place of one that ended. */
	async renewReadKey({ id, name }: ShownReadKey, dataset: string): Promise<void> {
		if (await this.createReadKey(dataset, name)) await this.revokeReadKey(id);
	}

	drain(): Promise<boolean> {
		return this.#do(() => drainInboxes(this.#effects));
	}

	take(item: ItemInput): Promise<boolean> {
		return this.#do(() => takeItem(item, this.#effects));
	}

	discard(item: ItemInput): Promise<boolean> {
		return this.#do(() => discardItem(item, this.#effects));
	}

	async ask(reference: string): Promise<void> {
		const plan = await planPublication(reference, this.#effects);
		if (plan.ok) this.#plan = { ...plan.value, reference };
		else this.#toasts.fail(plan.error);
	}

	dismiss(): void {
		this.#plan = null;
	}

	async publish(): Promise<void> {
		const plan = this.#plan;
		if (!plan) return;
		const isDone = await this.#do(() => publishVersion(plan.reference, this.#effects));
		if (isDone) this.#plan = null;
	}

	unpublish(publication: string): Promise<boolean> {
		return this.#do(() => unpublish(publication, this.#effects));
	}

	/** One at a time; what it fails of is told. */
	async #do<T>(
		work: () => Promise<Result<T, Failure>>,
		onDone: (value: T) => void = () => undefined
	): Promise<boolean> {
		if (this.#isBusy) return false;
		this.#isBusy = true;
		try {
			const done = await work();
			if (done.ok) onDone(done.value);
			else this.#toasts.fail(done.error);
			await this.refresh();
			return done.ok;
		} finally {
			this.#isBusy = false;
		}
	}
}
