// The world of the simulation of sync: two to five devices, one edge, and everything that can go wrong between them, from a seed.
import { datasetId, type DatasetId, type VersionId } from '#core/ids.ts';
import { err, ok, type Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { TAKE_ALL, type SyncChoice } from '#core/sync/sync-choice.ts';
import type { Dataset } from '#core/version/version.ts';
import { collectOnEdge, type GcNet } from '#lib/flows/sync-collect.ts';
import type { SyncEffects, SyncNet } from '#lib/flows/sync-effects.ts';
import { shortenOnEdge } from '#lib/flows/sync-shorten.ts';
import { syncWorkspace, type SyncedWorkspace } from '#lib/flows/sync-workspace.ts';
import { seeded } from './seeded.ts';
import { changeDataset, NAMES } from './sync-acts.ts';
import { AckedWork } from './sync-acked.ts';
import { enrolAll, restoreMembers } from './sync-enrol.ts';
import { SyncDevice, deviceStore, type Rows } from './sync-device.ts';
import { actOnRecords } from './sync-records-device.ts';
import { LateWork, removeDevice } from './sync-removal.ts';
import { simulatedNet } from './sync-sim-net.ts';
import { SyncQueue, type QueuePage } from './sync-queue.ts';
import { SyncServer, type SyncPlant } from './sync-server.ts';
import { createToyKeys } from './sync-toy-keys.ts';

type Page = QueuePage & { readonly device: SyncDevice };

const HOUR_MS = 3_600_000;
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];
const WORKSPACE = 'workspace';
/** What a network does, and is no alarm. */
const CALM = new Set(['edge-unreachable', 'edge-busy']);

export class SyncWorld {
	readonly problems: string[] = [];
	readonly server: SyncServer;
	faults = 0;
	deaths = 0;
	merges = 0;
	alarms = 0;
	shortened = 0;
	reseeded = 0;
	removals = 0;
	refusals = 0;
	/** The device that is removed at some time, and how many entries the log had then. */
	readonly #removed: SyncDevice | null;
	#knewAtRemoval: number | null = null;
	/** A server that helps it shows it the log of before, and takes what it sends. */
	readonly #isHelped: boolean;
	/** What it did after that. */
	readonly #late = new LateWork();
	readonly #random: () => number;
	readonly #plant: SyncPlant | null;
	readonly #devices: readonly SyncDevice[];
	readonly #acked = new AckedWork();
	/** Whether anything is ever taken away by a person: then commits may go. */
	readonly #removes: boolean;
	readonly #edits: number;
	readonly #lossy: number;
	readonly #deadly: number;
	#isCalm = false;
	readonly #queue = new SyncQueue();
	#ids = 0;

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
		const isRemoved = this.#random() < 0.4 || plant === 'forgets-removal';
		this.#removed = isRemoved ? (this.#devices.at(-1) ?? null) : null;
		this.#isHelped = this.#random() < 0.7;
		for (const device of this.#devices.slice(1)) if (this.#random() < 0.4) device.choice = this.#someChoice();
		this.#edits = 1 + this.#below(3);
		this.#lossy = this.#random() * 0.15;
		this.#deadly = this.#random() < 0.8 ? this.#random() * 0.02 : 0;
	}

	async play(): Promise<void> {
		await enrolAll(this.#devices, this.server, WORKSPACE, this.#random);
		const first = this.#devices[0];
		this.#isCalm = true;
		while (first && first.datasets.size === 0) this.#create(first);
		for (const device of this.#random() < 0.8 ? this.#devices : []) await this.#calmSync(device);
		this.#isCalm = false;
		this.#gcNowAndThen();
		for (const device of this.#devices) this.#open(device, this.#edits);
		if (this.#removed && first) this.#remove(first, this.#removed);
		await this.#settle();
		this.#isCalm = true;
		this.#queue.clear();
		if (this.#removed && first && this.#knewAtRemoval === null) {
			this.#remove(first, this.#removed);
			await this.#settle();
		}
		await this.#heal('after all');
		this.#checkKept();
		this.problems.push(...this.#staying.flatMap((device) => this.#late.problemsOf(device)));
		const last = this.problems.length > 0 ? 1 : this.#random();
		if (last < 0.35) await this.#distrust();
		else if (last < 0.7) await this.#reseed();
	}

	/** By another device, whose page may die on the way, as often as it takes. */
	#remove(by: SyncDevice, removed: SyncDevice): void {
		const page: Page = { device: by, isAlive: true };
		const work = async (): Promise<void> => {
			await this.#wait(page, this.#isCalm ? 0 : this.#below(9000));
			for (;;) {
				const done = await this.#alone(page, () => removeDevice(removed.name, this.#effects(page)));
				if (done) break;
				// Another page of the device may be frozen for days.
				await this.#wait(page, this.#below(done === null ? 5 * HOUR_MS : 3000));
			}
			this.removals++;
		};
		this.#reopen.set(page, () => this.#remove(by, removed));
		this.#run(page, work);
	}

	#run(page: Page, work: () => Promise<void>): void {
		void work().catch((error: unknown) => {
			if (page.isAlive) this.problems.push(`a bug: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
		});
	}

	/** Of the device that was removed by now. */
	#isOut({ device }: Page): boolean {
		return device === this.#removed && this.#knewAtRemoval !== null;
	}

	/** Those that stay in the workspace. */
	get #staying(): readonly SyncDevice[] {
		return this.#devices.filter((device) => device !== this.#removed);
	}

	/** As much of the history as is left to chance, and now and then only what is here already. */
	#someChoice(): SyncChoice {
		return { ...TAKE_ALL, otherwise: { isTaken: true, newest: 1 + this.#below(2) } };
	}

	/**
	 * The server loses much of what it has, or all, or goes back to an older state; a person on one device says to go on from there. Then
	 * all devices come to the same again, and no commit is lost.
	 */
	async #reseed(): Promise<void> {
		const filler = this.#staying[0];
		if (!filler) return;
		const kind = this.#below(4);
		const before = new Map(this.server.logs);
		for (const device of this.#staying.slice(0, 2))
			for (const dataset of device.datasets.values()) if (this.#random() < 0.7) this.#edit(device, dataset);
		// Those on other devices that were not sent stay theirs, and come later.
		await this.#calmSync(filler);
		if (kind === 0) this.server.logs = new Map();
		if (kind === 1) this.server.logs = before;
		if (kind === 2) this.server.members.length = this.#below(this.server.members.length + 1);
		if (kind !== 1)
			for (const key of this.server.objects.keys()) if (this.#random() < 0.5) this.server.objects.delete(key);
		if (kind === 0 && this.#random() < 0.5) this.server.objects.clear();
		const told = this.#staying.map((device) => device.told);
		const blameless = this.server.violations.length;
		for (const device of this.#staying.slice(1)) await this.#syncAnyhow(device);
		if (kind === 0 && this.#staying.some((device, at) => at > 0 && device.told !== told[at]))
			this.problems.push('a server that lost data changed what was here');
		this.server.violations.length = blameless;
		restoreMembers(filler, this.server);
		for (let round = 0; round < 3; round++) await this.#syncAnyhow(filler, true);
		if (this.problems.length > 0) return;
		if (!this.server.isWhole()) this.problems.push('a server that was filled anew is not whole');
		this.reseeded++;
		await this.#heal('after it was filled anew');
		this.#checkKept();
	}

	/** Whatever becomes of it. */
	async #syncAnyhow(device: SyncDevice, isReseeding = false): Promise<void> {
		const page = { device, isAlive: true };
		void syncWorkspace({ ...this.#effects(page), isReseeding }, () => undefined).then((synced) => {
			if (isReseeding && !synced.ok) this.problems.push(`filling anew failed: ${JSON.stringify(synced.error)}`);
			if (isReseeding && synced.ok)
				for (const outcome of [...synced.value.datasets.map((one) => one.outcome), synced.value.records])
					if (!outcome.ok) this.problems.push(`filling anew failed: ${JSON.stringify(outcome.error)}`);
		});
		await this.#settle();
	}

	/** The server shows an older state, and then another future: whoever saw more must notice, and keep what it has. */
	async #distrust(): Promise<void> {
		const [one, other] = this.#staying;
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
		this.#run(page, live);
	}

	readonly #reopen = new Map<Page, () => void>();

	readonly #holders = new Map<SyncDevice, Page>();

	/** One tab of a device at a time; what it held goes with it. Null where another one is at it. */
	async #alone<T>(page: Page, work: () => Promise<T>): Promise<T | null> {
		if (this.#holders.get(page.device)?.isAlive) return null;
		this.#holders.set(page.device, page);
		const done = await work();
		this.#holders.delete(page.device);
		return done;
	}

	async #sync(page: Page): Promise<SyncedWorkspace | null> {
		const synced = await this.#alone(page, () => syncWorkspace(this.#effects(page), () => undefined));
		if (!synced) return null;
		if (!synced.ok) {
			if (this.#isOut(page)) return null;
			if (!CALM.has(synced.error.kind) || this.#isCalm)
				this.problems.push(`a sync failed: ${JSON.stringify(synced.error)}`);
			return null;
		}
		for (const { outcome } of synced.value.datasets) if (outcome.ok) this.refusals += outcome.value.refused.length;
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
			for (const device of this.#staying) {
				const synced = await this.#calmSync(device);
				for (const outcome of synced ? [...synced.datasets.map((one) => one.outcome), synced.records] : []) {
					if (!outcome.ok) this.problems.push(`${when}: ${JSON.stringify(outcome.error)}`);
					else if (outcome.value.took || outcome.value.sent) isQuiet = false;
				}
				if (this.problems.length > 0) return;
			}
			if (!isQuiet) continue;
			const told = new Set(this.#staying.map((device) => device.told));
			if (told.size !== 1) this.problems.push(`${when}: devices differ: ${[...told].join(' | ').slice(0, 400)}`);
			return;
		}
		this.problems.push(`${when}: devices do not come to rest`);
	}

	#checkKept(): void {
		this.problems.push(...this.#acked.problemsOf(this.#staying, this.#removes));
	}

	#create(device: SyncDevice): void {
		const taken = [...device.datasets.values()].map(({ name }) => name.toLowerCase());
		const name = NAMES.find((one) => !taken.includes(one.toLowerCase()) && this.#random() < 0.5);
		if (name === undefined) return;
		const id = datasetId(`ds-${this.#ids++}-${this.#below(1000)}`);
		this.#ack(device, id, device.create(id, name, { a: '0' }, this.#nowMs + device.clockSkewMs));
	}

	/** What a device that is removed has not sent by then is its own alone. */
	#ack(device: SyncDevice, id: DatasetId, version: VersionId): void {
		if (device === this.#removed) {
			if (this.#knewAtRemoval !== null) this.#late.versions.add(version);
			return;
		}
		this.#acked.commit(id, version);
	}

	#actOnRecords(device: SyncDevice): void {
		const { name, others, clockSkewMs } = device;
		const said = this.#ids++;
		const [text, onnx] = [`${name} says ${said}`, said.toString(16).padStart(64, '0')];
		const by = { said, text, onnx, atMs: this.#nowMs + clockSkewMs, random: this.#random, removes: this.#removes };
		const done = actOnRecords(others, by);
		if (device === this.#removed) {
			if (this.#knewAtRemoval !== null && done === 'text') this.#late.texts.push(text);
		} else if (done === 'text') this.#acked.texts.push(text);
		else if (done === 'model') this.#acked.models.push(onnx);
	}

	/** One thing that a person does. */
	#act(device: SyncDevice): void {
		if (this.#random() < 0.35) return this.#actOnRecords(device);
		const datasets = [...device.datasets.values()];
		const dataset = datasets[this.#below(datasets.length)];
		const kind = this.#below(this.#removes ? 13 : 10);
		if (!dataset || (kind === 0 && datasets.length < 3)) return this.#create(device);
		if (kind < 6) return this.#edit(device, dataset);
		changeDataset(device, dataset, kind, this.#random);
	}

	#edit(device: SyncDevice, dataset: Dataset): void {
		const rows: Record<string, string> = { ...device.rowsOf(dataset.head) };
		const key = KEYS[this.#below(KEYS.length)] ?? 'a';
		rows[key] = `${device.name} ${this.#ids++}`;
		this.#ack(device, dataset.id, device.commit(dataset, rows satisfies Rows, this.#nowMs + device.clockSkewMs));
	}

	#effects(page: Page): SyncEffects {
		const { device } = page;
		return {
			workspace: WORKSPACE,
			device: device.name,
			deviceName: device.name,
			net: this.#net(page),
			store: deviceStore(device, (act) => this.#io(page, act), device === this.#removed ? null : this.#plant),
			keys: createToyKeys(device.name, device.signs, this.#random),
			choice: device.choice,
			isReseeding: false,
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
		const late = (act: () => void): void => this.#schedule(page, this.#below(20_000), act);
		const net = simulatedNet({
			server: this.server,
			call,
			now: () => this.#nowMs,
			// It says that they are there, and brings them later.
			late: this.#plant === 'ref-first' ? late : null,
			seesTo: () => (this.#isOut(page) && this.#isHelped ? (this.#knewAtRemoval ?? 0) : Infinity),
			onAppended: (before) => {
				this.#knewAtRemoval ??= before;
			}
		});
		const moveRef: SyncNet['moveRef'] = async (ref) => {
			// A page may be frozen for days just before the last word.
			if (!this.#isCalm && this.#random() < 0.04) await this.#wait(page, (60 + this.#below(60)) * HOUR_MS);
			return net.moveRef(ref);
		};
		return { ...net, moveRef };
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

	/** Any device collects, over the same network, and may die while it does; now and then one shortens a history. */
	#gcNowAndThen(): void {
		for (let cycle = 0; cycle < 8; cycle++) {
			const atMs = this.#below(15_000) + cycle * 26 * HOUR_MS;
			const device = this.#devices[this.#below(this.#devices.length)];
			if (!device) continue;
			this.#schedule(null, atMs, () => void this.#collect({ device, isAlive: true }));
			const shortener = this.#devices[this.#below(this.#devices.length)];
			if (this.#random() < 0.5 && shortener)
				this.#schedule(null, atMs + this.#below(4000), () => void this.#shorten({ device: shortener, isAlive: true }));
		}
	}

	async #collect(page: Page): Promise<void> {
		const call = <T>(act: () => T): Promise<Result<T, NetFailure>> => this.#call(page, act);
		const gc: GcNet = {
			beginGc: (cycle) => call(() => this.server.beginGc(cycle, this.#nowMs)),
			markLive: (cycle, space, ids) => {
				const marked = this.#plant === 'half-marked' ? ids.slice(ids.length / 2) : ids;
				return call(() => this.server.markLive(cycle, space, marked));
			},
			// A removed device has no owner's token any more.
			endGc: (cycle) => call(() => (this.#isOut(page) ? null : this.server.endGc(cycle, this.#nowMs)))
		};
		const cycle = `cycle-${this.#ids++}`;
		const done = await this.#alone(page, () => collectOnEdge(this.#effects(page), gc, cycle, () => undefined));
		if (done && !done.ok && !CALM.has(done.error.kind) && !this.#isOut(page))
			this.problems.push(`collecting failed: ${JSON.stringify(done.error)}`);
	}

	async #shorten(page: Page): Promise<void> {
		const ids = [...page.device.datasets.keys()];
		const id = ids[this.#below(ids.length)];
		if (id === undefined) return;
		const newest = 1 + this.#below(2);
		const gone = await this.#alone(page, () => shortenOnEdge(id, newest, false, this.#effects(page)));
		if (!gone) return;
		if (gone.ok) this.shortened += gone.value.length;
		else if (!CALM.has(gone.error.kind) && !this.#isOut(page))
			this.problems.push(`shortening failed: ${JSON.stringify(gone.error)}`);
	}

	#schedule(page: Page | null, ms: number, act: () => void): void {
		this.#queue.schedule(page, ms, act);
	}

	async #settle(): Promise<void> {
		if (!(await this.#queue.settle())) this.problems.push('it does not end');
	}

	get #nowMs(): number {
		return this.#queue.nowMs;
	}

	get steps(): number {
		return this.#queue.steps;
	}

	#below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}
}
