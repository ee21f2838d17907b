// Two to five devices, one edge, and everything that can go wrong between them, from a seed. Shared by the test and the campaign.
import { datasetId, type DatasetId, type VersionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { encodeEntry, encodeProven } from '#core/sync/member-log.ts';
import { joinSigned } from '#core/sync/ref-record.ts';
import { stateOf, rootsOf } from '#core/sync/space-state.ts';
import { ancestorIds } from '#core/version/history.ts';
import type { Dataset } from '#core/version/version.ts';
import type { SyncEffects, SyncNet } from '#lib/flows/sync-effects.ts';
import { syncWorkspace, type SyncedWorkspace } from '#lib/flows/sync-workspace.ts';
import { seeded } from './seeded.ts';
import { SyncDevice, deviceStore, type Rows } from './sync-device.ts';
import { SyncServer, type SyncPlant } from './sync-server.ts';
import { createToyKeys } from './sync-toy-keys.ts';

export type SyncSimulated = {
	readonly problems: readonly string[];
	readonly steps: number;
	readonly faults: number;
	readonly deaths: number;
	readonly merges: number;
	readonly alarms: number;
	readonly collected: number;
};

type Page = { readonly device: SyncDevice; isAlive: boolean };
type Due = { readonly atMs: number; readonly order: number; readonly page: Page | null; readonly act: () => void };

const HOUR_MS = 3_600_000;
const NAMES = ['sales', 'Sales', 'people', 'orders'];
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WORKSPACE = 'workspace';
/** What a network does, and is no alarm. */
const CALM = new Set(['edge-unreachable', 'edge-busy']);

export async function simulateSync(seed: number, plant: SyncPlant | null): Promise<SyncSimulated> {
	const world = new SyncWorld(seed, plant);
	await world.play();
	return {
		problems: [...world.problems, ...world.server.violations].map((problem) => `seed ${seed}: ${problem}`),
		steps: world.steps,
		faults: world.faults,
		deaths: world.deaths,
		merges: world.merges,
		alarms: world.alarms,
		collected: world.server.collected
	};
}

class SyncWorld {
	readonly problems: string[] = [];
	readonly server: SyncServer;
	steps = 0;
	faults = 0;
	deaths = 0;
	merges = 0;
	alarms = 0;
	readonly #random: () => number;
	readonly #plant: SyncPlant | null;
	readonly #devices: readonly SyncDevice[];
	readonly #acked = new Map<DatasetId, VersionId[]>();
	readonly #ackedTexts: string[] = [];
	readonly #ackedModels: string[] = [];
	/** Whether anything is ever taken away by a person: then commits may go. */
	readonly #removes: boolean;
	readonly #edits: number;
	readonly #lossy: number;
	readonly #deadly: number;
	#isCalm = false;
	#nowMs = 1_700_000_000_000;
	#order = 0;
	#ids = 0;
	#due: Due[] = [];

	constructor(seed: number, plant: SyncPlant | null) {
		this.#random = seeded(seed);
		this.#plant = plant;
		this.server = new SyncServer(plant);
		this.#devices = Array.from(
			{ length: 2 + Math.floor(this.#random() ** 3 * 4) },
			(_device, at) => new SyncDevice(`device-${at}`)
		);
		for (const device of this.#devices)
			if (this.#random() < 0.3) device.clockSkewMs = (this.#random() - 0.5) * 20 * 365 * 24 * HOUR_MS;
		this.#removes = this.#random() < 0.4;
		this.#edits = 1 + this.#below(3);
		this.#lossy = this.#random() * 0.15;
		this.#deadly = this.#random() < 0.8 ? this.#random() * 0.02 : 0;
	}

	async play(): Promise<void> {
		await this.#enrol();
		const first = this.#devices[0];
		this.#isCalm = true;
		while (first && first.datasets.size === 0) this.#create(first);
		for (const device of this.#random() < 0.8 ? this.#devices : []) await this.#calmSync(device);
		this.#isCalm = false;
		this.#gcNowAndThen();
		for (const device of this.#devices) this.#open(device, this.#edits);
		await this.#settle();
		this.#isCalm = true;
		this.#due = [];
		await this.#heal('after all');
		this.#checkKept();
		if (this.problems.length === 0 && this.#random() < 0.4) await this.#distrust();
	}

	/** The server shows an older state, and then another future: whoever saw more must notice, and keep what it has. */
	async #distrust(): Promise<void> {
		const [one, other] = this.#devices;
		if (!one || !other) return;
		const before = new Map(this.server.logs);
		const target = [...one.datasets.values()][0];
		if (!target) return;
		this.#edit(one, target);
		await this.#calmSync(one);
		await this.#calmSync(other);
		const after = new Map(this.server.logs);
		this.server.logs = before;
		const told = other.told;
		await this.#expectAlarm(other, target.id, 'rolled-back');
		if (other.told !== told) this.problems.push('a roll-back changed what was here');
		// The other future: from the same past, a record of a device that was kept away.
		const away = new SyncDevice(one.name);
		Object.assign(away, { signs: one.signs, members: one.members });
		await this.#calmSync(away);
		const there = away.datasets.get(target.id);
		if (!there) return;
		away.commit(there, { z: 'fork' }, this.#nowMs);
		await this.#calmSync(away);
		const log = this.server.logs.get(target.id) ?? [];
		if (log.length === (after.get(target.id) ?? []).length) await this.#expectAlarm(other, target.id, 'forked');
		if (other.told !== told) this.problems.push('a fork changed what was here');
	}

	async #expectAlarm(device: SyncDevice, id: DatasetId, kind: string): Promise<void> {
		const synced = await this.#calmSync(device);
		const outcome = synced?.datasets.find(({ dataset }) => dataset === id)?.outcome;
		const found = outcome && !outcome.ok ? outcome.error.kind : 'no alarm';
		if (found === kind) this.alarms++;
		else this.problems.push(`${kind} expected, and there was ${found}`);
	}

	/** Each device signs itself in, with the proof of the root key. */
	async #enrol(): Promise<void> {
		for (const { name, signs } of this.#devices) {
			const keys = createToyKeys(signs, this.#random);
			const device = { id: name, signs, name: await keys.sealName(name, name) };
			const prev = this.server.members.at(-1)?.hash ?? '';
			const entry = {
				workspace: WORKSPACE,
				seq: this.server.members.length + 1,
				prev,
				by: name,
				change: { kind: 'add' as const, device }
			};
			const content = encodeProven(entry, await keys.prove(encodeEntry(entry)));
			this.server.appendMember(prev, joinSigned(content, await keys.sign(content)));
		}
	}

	/** A page of the device, which edits and syncs, and opens again after it died. */
	#open(device: SyncDevice, edits: number): void {
		const page: Page = { device, isAlive: true };
		let left = edits;
		const live = async (): Promise<void> => {
			while (left > 0) {
				await this.#wait(page, this.#random() < 0.15 ? this.#below(50 * HOUR_MS) : this.#below(4000));
				left--;
				for (let count = this.#below(4); count > 0; count--) this.#act(device);
				await this.#sync(page);
			}
		};
		this.#reopen.set(page, () => this.#open(device, left));
		void live().catch((error: unknown) => {
			if (page.isAlive) this.problems.push(`a bug: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
		});
	}

	readonly #reopen = new Map<Page, () => void>();

	async #sync(page: Page): Promise<SyncedWorkspace | null> {
		const synced = await syncWorkspace(this.#effects(page), () => undefined);
		if (!synced.ok) {
			if (!CALM.has(synced.error.kind) || this.#isCalm)
				this.problems.push(`a sync failed: ${JSON.stringify(synced.error)}`);
			return null;
		}
		return synced.value;
	}

	async #calmSync(device: SyncDevice): Promise<SyncedWorkspace | null> {
		let done: SyncedWorkspace | null = null;
		const page = { device, isAlive: true };
		void this.#sync(page).then((told) => (done = told));
		await this.#settle();
		return done;
	}

	/** Without faults, all devices come to the same, and stay there. */
	async #heal(when: string): Promise<void> {
		for (let round = 0; round < 12; round++) {
			let isQuiet = true;
			for (const device of this.#devices) {
				const synced = await this.#calmSync(device);
				for (const outcome of synced ? [...synced.datasets.map((one) => one.outcome), synced.records] : []) {
					if (!outcome.ok) this.problems.push(`${when}: ${JSON.stringify(outcome.error)}`);
					else if (outcome.value.took || outcome.value.sent) isQuiet = false;
				}
				if (this.problems.length > 0) return;
			}
			if (!isQuiet) continue;
			const told = new Set(this.#devices.map((device) => device.told));
			if (told.size !== 1) this.problems.push(`${when}: devices differ: ${[...told].join(' | ').slice(0, 400)}`);
			return;
		}
		this.problems.push(`${when}: devices do not come to rest`);
	}

	#checkKept(): void {
		for (const { others, name } of this.#devices)
			this.problems.push(...others.problems.map((problem) => `${name}: ${problem}`));
		if (this.#removes) return;
		for (const { others, name } of this.#devices) {
			for (const text of this.#ackedTexts)
				if (!others.texts.has(text)) this.problems.push(`${name} lost the text “${text}”`);
			const versions = [...others.records.values()].map((value) => (value as { onnx?: unknown }).onnx);
			for (const onnx of this.#ackedModels)
				if (!versions.includes(onnx)) this.problems.push(`${name} lost a version of a model`);
		}
		for (const device of this.#devices)
			for (const [id, versions] of this.#acked) {
				const dataset = device.datasets.get(id);
				const kept = ancestorIds(rootsOf(dataset ? stateOf(dataset) : null), [...device.versions.values()]);
				for (const version of versions)
					if (!kept.has(version)) this.problems.push(`${device.name} lost ${version} of ${id}`);
			}
	}

	#create(device: SyncDevice): void {
		const taken = [...device.datasets.values()].map(({ name }) => name.toLowerCase());
		const name = NAMES.find((one) => !taken.includes(one.toLowerCase()) && this.#random() < 0.5);
		if (name === undefined) return;
		const id = datasetId(`ds-${this.#ids++}-${this.#below(1000)}`);
		this.#ack(id, device.create(id, name, { a: '0' }, this.#nowMs + device.clockSkewMs));
	}

	#ack(id: DatasetId, version: VersionId): void {
		this.#acked.set(id, [...(this.#acked.get(id) ?? []), version]);
	}

	/** One thing that a person does with documents and models, or that runs and checks do. */
	#actOnRecords({ name, others, clockSkewMs }: SyncDevice): void {
		const [kind, atMs, said] = [this.#below(this.#removes ? 12 : 10), this.#nowMs + clockSkewMs, this.#ids++];
		const text = `${name} says ${said}`;
		const document = others.documents[this.#below(others.documents.length)]?.[0];
		if (kind < 4 && document !== undefined) {
			others.save(document, text, atMs);
			this.#ackedTexts.push(text);
		} else if (kind < 5) {
			if (others.create(`doc-${said}-${this.#below(1000)}`, text, atMs) !== null) this.#ackedTexts.push(text);
		} else if (kind < 7) {
			const onnx = said.toString(16).padStart(64, '0');
			others.register(onnx, this.#random() < 0.5, atMs);
			this.#ackedModels.push(onnx);
		} else if (kind === 7) others.addVerdict(`v${this.#below(4)}`, this.#random() < 0.5 ? 'pass' : 'fail', atMs);
		else if (kind === 8) others.addRun(`run ${said}`, this.#random() < 0.3 ? text : 'x', atMs);
		else if (kind === 9) others.forget(said);
		else if (document !== undefined) others.records.delete(`document/${document}`);
	}

	/** One thing that a person does. */
	#act(device: SyncDevice): void {
		if (this.#random() < 0.35) return this.#actOnRecords(device);
		const datasets = [...device.datasets.values()];
		const dataset = datasets[this.#below(datasets.length)];
		const kind = this.#below(this.#removes ? 13 : 10);
		if (!dataset || (kind === 0 && datasets.length < 3)) return this.#create(device);
		if (kind < 6) return this.#edit(device, dataset);
		const { id, branch, branches, head, tags } = dataset;
		const set = (after: Partial<Dataset>): void => void device.datasets.set(id, { ...dataset, ...after });
		const other = Object.keys(branches)[0];
		const free = ['try', 'Try', 'what-if'].find((one) => {
			const taken = [branch, ...Object.keys(branches), ...Object.keys(tags)].map((name) => name.toLowerCase());
			return !taken.includes(one.toLowerCase()) && this.#random() < 0.6;
		});
		if (kind === 6 && free !== undefined) return set({ branch: free, branches: { ...branches, [branch]: head } });
		if (kind === 7 && other !== undefined) {
			const { [other]: next, ...rest } = branches;
			if (next) set({ branch: other, head: next, branches: { ...rest, [branch]: head } });
			return;
		}
		if (kind === 8 && free !== undefined) return set({ tags: { ...tags, [free]: head } });
		if (kind === 9) {
			const taken = datasets.map(({ name }) => name.toLowerCase());
			const name = NAMES.find((one) => !taken.includes(one.toLowerCase()));
			return name === undefined ? undefined : set({ name });
		}
		if (kind === 10) return void device.datasets.delete(id);
		if (kind === 11 && other !== undefined) {
			const { [other]: _gone, ...rest } = branches;
			return set({ branches: rest });
		}
		const parent = device.versions.get(head)?.parents[0];
		const next = [...device.versions.values()].find(({ parents }) => parents.includes(head));
		// Going back, or to what was gone back from: what was not named for days is needed again.
		if (kind === 12 && next && this.#random() < 0.6) set({ head: next.id });
		else if (kind === 12 && parent) set({ head: parent });
	}

	#edit(device: SyncDevice, dataset: Dataset): void {
		const rows: Record<string, string> = { ...device.rowsOf(dataset.head) };
		const key = KEYS[this.#below(KEYS.length)] ?? 'a';
		rows[key] = `${device.name} ${this.#ids++}`;
		this.#ack(dataset.id, device.commit(dataset, rows satisfies Rows, this.#nowMs + device.clockSkewMs));
	}

	#effects(page: Page): SyncEffects {
		const { device } = page;
		return {
			workspace: WORKSPACE,
			device: device.name,
			deviceName: device.name,
			net: this.#net(page),
			store: deviceStore(device, (act) => this.#io(page, act), this.#plant),
			keys: createToyKeys(device.signs, this.#random),
			merge: (ask) =>
				this.#io(page, () => {
					const merged = device.merge(ask, this.#nowMs + device.clockSkewMs);
					if (merged.ok) this.merges++;
					return merged;
				}),
			holding: (_versions, work) => work(),
			now: () => this.#nowMs + device.clockSkewMs,
			random: this.#random,
			sleep: (ms) => this.#wait(page, ms),
			signal: new AbortController().signal,
			moved: () => undefined
		};
	}

	#net(page: Page): SyncNet {
		const call = <T>(act: () => T): Promise<Result<T, NetFailure>> => this.#call(page, act);
		return {
			refs: () => call(() => this.server.refs()),
			refLog: (space, _token, after) => call(() => this.server.log(space, after)),
			members: (after) => call(() => this.server.members.filter(({ seq }) => seq > after)),
			appendMember: (prev, entry) => call(() => this.server.appendMember(prev, entry)),
			have: (space, ids) => call(() => this.server.have(space, ids, this.#nowMs)),
			put: (space, id, bytes) => {
				if (this.#plant !== 'ref-first') return call(() => this.server.put(space, id, bytes, this.#nowMs));
				// It says that they are there, and brings them later.
				this.#schedule(page, this.#below(20_000), () => this.server.put(space, id, bytes, this.#nowMs));
				return Promise.resolve(ok(undefined));
			},
			get: async (space, id) => {
				const got = await call(() => this.server.objects.get(`${space}/${id}`)?.bytes ?? null);
				if (!got.ok) return got;
				return got.value ? ok(got.value) : err({ kind: 'object-lost', id });
			},
			moveRef: async (ref) => {
				// A page may be frozen for days just before the last word.
				if (!this.#isCalm && this.#random() < 0.04) await this.#wait(page, (60 + this.#below(60)) * HOUR_MS);
				return call(() => this.server.move(ref));
			}
		};
	}

	/** A call over the network, of which request or reply may be lost, and which may come twice, or later. */
	#call<T>(page: Page, act: () => T): Promise<Result<T, NetFailure>> {
		return new Promise((resolve) => {
			const chance = this.#isCalm ? 1 : this.#random();
			const delayMs = this.#below(200);
			if (chance < this.#lossy) {
				this.faults++;
				this.#schedule(page, delayMs + 1000, () => resolve(err({ kind: 'edge-unreachable' })));
				return;
			}
			this.#schedule(null, delayMs, () => {
				const answer = act();
				const isLost = chance < 2 * this.#lossy;
				if (isLost || chance < 2.5 * this.#lossy) this.faults++;
				if (!isLost && chance < 2.5 * this.#lossy) this.#schedule(null, this.#below(5000), act);
				this.#schedule(page, this.#below(200), () => resolve(isLost ? err({ kind: 'edge-unreachable' }) : ok(answer)));
			});
		});
	}

	/** Something at the device's own storage: it happens or not, and the page may die before or after. */
	#io<T>(page: Page, act: () => T): Promise<T> {
		return new Promise((resolve) => {
			this.#schedule(page, this.#below(5), () => {
				if (this.#dies(page)) return;
				const done = act();
				if (!this.#dies(page)) resolve(done);
			});
		});
	}

	#wait(page: Page, ms: number): Promise<void> {
		return new Promise((resolve) => this.#schedule(page, ms, () => resolve()));
	}

	#dies(page: Page): boolean {
		if (this.#isCalm || this.#random() >= this.#deadly) return false;
		page.isAlive = false;
		this.deaths++;
		this.#schedule(null, this.#below(2000), () => this.#reopen.get(page)?.());
		return true;
	}

	#gcNowAndThen(): void {
		for (let cycle = 0; cycle < 8; cycle++) {
			const atMs = this.#below(15_000) + cycle * 26 * HOUR_MS;
			this.#schedule(null, atMs, () => this.server.markLive(this.#nowMs));
			this.#schedule(null, atMs + this.#below(3000), () => this.server.endCycle(this.#nowMs));
		}
	}

	#schedule(page: Page | null, ms: number, act: () => void): void {
		this.#due.push({ atMs: this.#nowMs + ms, order: this.#order++, page, act });
	}

	/** Runs until nothing is due. */
	async #settle(): Promise<void> {
		for (;;) {
			// Whatever follows from the last event without waiting happens first.
			await new Promise((resolve) => setImmediate(resolve));
			let next: Due | undefined;
			for (const due of this.#due)
				if (!next || due.atMs < next.atMs || (due.atMs === next.atMs && due.order < next.order)) next = due;
			if (!next) return;
			this.#due.splice(this.#due.indexOf(next), 1);
			this.#nowMs = Math.max(this.#nowMs, next.atMs);
			if (next.page?.isAlive ?? true) next.act();
			if (++this.steps > 60_000) {
				this.problems.push('it does not end');
				this.#due = [];
				return;
			}
		}
	}

	#below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}
}
