// Connections as the page shows them: what there is, the one that is being written, and what tests and loads came to.
import { SvelteMap } from 'svelte/reactivity';
import type { Failure } from '#core/failure.ts';
import type { InvalidConnection } from '#core/source/connection-problem.ts';
import { parseConnection } from '#core/source/connection.ts';
import { isDatabase } from '#core/source/sql/sql-connection.ts';
import { sampleConnection } from '#core/source/sample-connection.ts';
import type { Plain } from '#core/document/edit-list.ts';
import { editConnection, fieldsOf, newConnection, type BegunKind } from '#core/source/write-connection.ts';
import { removeDocument } from '#lib/flows/change-document.ts';
import { connect, forgetSecrets, listConnections, type ConnectionItem } from '#lib/flows/connections.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { loadConnection, type LoadReport } from '#lib/flows/load-connection.ts';
import { testConnection, type ConnectionTest } from '#lib/flows/test-connection.ts';
import { planPutBack, putBack } from '#lib/flows/put-back.ts';
import { countNewFiles } from '#lib/flows/new-files.ts';
import type { Toasts } from './toasts.svelte.ts';

export type Loading =
	| { readonly state: 'loading'; readonly stop: AbortController }
	| { readonly state: 'done'; readonly report: LoadReport }
	| { readonly state: 'failed'; readonly failure: Failure };

/** A connection while a person writes it. */
export class ConnectionDraft {
	/** Null is a new one. */
	readonly original: string | null;
	name = $state('');
	text = $state('');
	secret = $state('');
	test = $state.raw<ConnectionTest | null>(null);
	/** Why it could not be tested or kept. */
	failure = $state.raw<Failure | null>(null);
	testing = $state.raw<AbortController | null>(null);
	/** The text that a kind begins with. */
	#begun = $state.raw('');

	constructor(original: string | null, text: string) {
		this.original = original;
		this.name = original ?? '';
		this.text = text;
		if (original === null) this.#begun = text;
	}

	/** Somebody has said something: before that nothing is missing. */
	get isWritten(): boolean {
		return this.text !== this.#begun;
	}

	get fields(): Readonly<Record<string, unknown>> {
		return fieldsOf(this.text);
	}
	get problems(): InvalidConnection['problems'] {
		const parsed = parseConnection(this.text);
		return parsed.ok ? [] : parsed.error.problems;
	}
	/** What it needs besides its text. */
	get needed(): { readonly name: string; readonly origin: string } | null {
		const parsed = parseConnection(this.text);
		return parsed.ok ? (parsed.value.secrets[0] ?? null) : null;
	}
	get secrets(): Readonly<Record<string, string>> {
		return this.needed && this.secret !== '' ? { [this.needed.name]: this.secret } : {};
	}

	/** The browser asked itself, and got nothing: an edge would not be kept from reading the answer. */
	get mayBeRelayed(): boolean {
		const isSilent = this.failure?.kind === 'source-silent' && this.failure.reason === 'network';
		return isSilent && !isDatabase(this.fields['kind']);
	}

	/** What is said of the load stays. */
	setKind(kind: BegunKind): void {
		this.text = newConnection(kind, (this.fields['load'] ?? null) as Plain);
		this.#begun = this.text;
		this.secret = '';
		this.test = null;
		this.failure = null;
	}

	set(key: string, value: Plain): void {
		this.text = editConnection(this.text, key, value);
		this.test = null;
	}

	/** A member of a mapping; a mapping without members goes. */
	setIn(holder: string, key: string, value: Plain): void {
		const held = this.fields[holder];
		const members = { ...(typeof held === 'object' ? (held as Record<string, Plain>) : {}), [key]: value };
		const kept = Object.fromEntries(Object.entries(members).filter(([, one]) => one !== '' && one !== null));
		this.set(holder, Object.keys(kept).length > 0 ? kept : null);
	}
}

export class Sources {
	#items = $state.raw<readonly ConnectionItem[] | null>(null);
	#failure = $state.raw<Failure | null>(null);
	#draft = $state.raw<ConnectionDraft | null>(null);
	#loads = new SvelteMap<string, Loading>();
	#waiting = new SvelteMap<string, number>();
	#folders = $state.raw<readonly string[]>([]);
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** Null until they were read. */
	get items(): readonly ConnectionItem[] | null {
		return this.#items;
	}
	get failure(): Failure | null {
		return this.#failure;
	}
	get draft(): ConnectionDraft | null {
		return this.#draft;
	}
	/** What became of the last load of each, by the connection's id. */
	get loads(): ReadonlyMap<string, Loading> {
		return this.#loads;
	}

	/** Names of folders of this machine that a person let the page read. */
	get folders(): readonly string[] {
		return this.#folders;
	}
	get mayPickFolder(): boolean {
		return this.#effects.pickFolder !== null;
	}

	/** How many files a load would read, of connections to folders that the browser shows, by the connection's id. */
	get waiting(): ReadonlyMap<string, number> {
		return this.#waiting;
	}

	/** Looks into the folders of connections. */
	async look(): Promise<void> {
		for (const { item, connection } of this.#items ?? []) {
			const { id, name } = item.document;
			const found = connection && (await countNewFiles({ id, name, connection }, this.#effects));
			if (found?.ok && found.value !== null && found.value > 0) this.#waiting.set(id, found.value);
			else this.#waiting.delete(id);
		}
	}

	/** A person chooses which folder has that name. */
	async pickFolder(name: string): Promise<void> {
		const handle = await this.#effects.pickFolder?.();
		if (!handle) return;
		const kept = await this.#effects.folders.keep(name, handle);
		if (!kept.ok) this.#toasts.fail(kept.error);
		await this.refresh();
	}

	/** The browser asks a person once more for a folder that it shows no longer. */
	async allowFolder(connection: ConnectionItem): Promise<void> {
		if (connection.connection?.kind !== 'folder') return;
		const allowed = await this.#effects.folders.allow(connection.connection.folder);
		if (allowed.ok) await this.load(connection);
		else this.#toasts.fail(allowed.error);
	}

	/** Reads what there is now, and after every change. Returns the stop function. */
	follow(): () => void {
		void this.refresh().then(() => this.look());
		return this.#effects.store.watch(() => void this.refresh());
	}

	async refresh(): Promise<void> {
		const items = await listConnections(this.#effects);
		this.#failure = items.ok ? null : items.error;
		if (items.ok) this.#items = items.value;
		const folders = await this.#effects.folders.names();
		if (folders.ok) this.#folders = folders.value;
	}

	begin(): void {
		this.#draft = new ConnectionDraft(null, newConnection('rest'));
	}

	edit({ item }: ConnectionItem): void {
		this.#draft = new ConnectionDraft(item.document.name, item.version.text);
	}

	dismiss(): void {
		this.#draft?.testing?.abort();
		this.#draft = null;
	}

	async test(draft: ConnectionDraft): Promise<void> {
		const stop = new AbortController();
		draft.testing = stop;
		draft.failure = null;
		draft.test = null;
		const { name, text, secrets } = draft;
		const input = { name: name === '' ? 'a new connection' : name, text, secrets, signal: stop.signal };
		const tested = await testConnection(input, this.#effects);
		draft.testing = null;
		if (tested.ok) draft.test = tested.value;
		else if (tested.error.kind !== 'cancelled') draft.failure = tested.error;
	}

	async testByRelay(draft: ConnectionDraft): Promise<void> {
		draft.set('through', 'relay');
		await this.test(draft);
	}

	async save(draft: ConnectionDraft): Promise<boolean> {
		const { name, text, secrets } = draft;
		const saved = await connect({ name, text, secrets }, this.#effects);
		if (!saved.ok) {
			draft.failure = saved.error;
			return false;
		}
		this.#draft = null;
		await this.refresh();
		return true;
	}

	async remove({ item }: ConnectionItem): Promise<void> {
		const removed = await removeDocument({ kind: 'connection', name: item.document.name }, this.#effects);
		if (!removed.ok) this.#toasts.fail(removed.error);
	}

	async forget({ item }: ConnectionItem): Promise<void> {
		const forgotten = await forgetSecrets(item.document.name, this.#effects);
		if (!forgotten.ok) this.#toasts.fail(forgotten.error);
		await this.refresh();
	}

	async load({ item }: ConnectionItem): Promise<void> {
		const { id, name } = item.document;
		if (this.#loads.get(id)?.state === 'loading') return;
		const stop = new AbortController();
		this.#loads.set(id, { state: 'loading', stop });
		const loaded = await loadConnection({ name, signal: stop.signal }, this.#effects);
		this.#loads.set(
			id,
			loaded.ok ? { state: 'done', report: loaded.value } : { state: 'failed', failure: loaded.error }
		);
		await this.look();
	}

	async loadNamed(name: string): Promise<void> {
		await this.refresh();
		const found = this.#items?.find(({ item }) => item.document.name === name);
		if (found) await this.load(found);
	}

	/** Writes the connection to an API that Weir itself serves, and loads it. */
	async createSample(): Promise<void> {
		const { name, text } = sampleConnection;
		const written = await connect({ name, text: text(this.#effects.sharing.origin) }, this.#effects);
		if (written.ok) await this.loadNamed(name);
		else this.#toasts.fail(written.error);
	}

	planPutBack({ item }: ConnectionItem, dataset: string): ReturnType<typeof planPutBack> {
		return planPutBack({ name: item.document.name, dataset }, this.#effects);
	}

	putBack({ item }: ConnectionItem, dataset: string): ReturnType<typeof putBack> {
		return putBack({ name: item.document.name, dataset }, this.#effects);
	}

	cancel({ item }: ConnectionItem): void {
		const load = this.#loads.get(item.document.id);
		if (load?.state === 'loading') load.stop.abort();
	}
}
