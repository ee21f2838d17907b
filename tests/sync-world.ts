// The world of the simulation of sync: two to five devices, one edge, and everything that can go wrong between them, from a seed.
import { datasetId, type DatasetId } from '#core/ids.ts';
import type { Result } from '#core/result.ts';
import type { NetFailure } from '#core/sync/failure.ts';
import { TAKE_ALL, type SyncChoice } from '#core/sync/sync-choice.ts';
import { collectOnEdge, type GcNet } from '#lib/flows/sync-collect.ts';
import type { SyncEffects, SyncNet } from '#lib/flows/sync-effects.ts';
import { shortenOnEdge } from '#lib/flows/sync-shorten.ts';
import { syncWorkspace, type SyncedWorkspace } from '#lib/flows/sync-workspace.ts';
import { seeded } from './seeded.ts';
import { enrolAll, restoreMembers } from './sync-enrol.ts';
import { SyncDevice, deviceStore } from './sync-device.ts';
import { SyncPages, type Page } from './sync-pages.ts';
import { SyncPeople } from './sync-people.ts';
import { removeDevice } from './sync-removal.ts';
import { simulatedNet } from './sync-sim-net.ts';
import { SyncServer, type SyncPlant } from './sync-server.ts';
import { createToyKeys } from './sync-toy-keys.ts';

const HOUR_MS = 3_600_000;
const WORKSPACE = 'workspace';
/** What a network does, and is no alarm. */
const CALM = new Set(['edge-unreachable', 'edge-busy']);

export class SyncWorld {
	readonly problems: string[] = [];
	readonly server: SyncServer;
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
	readonly #random: () => number;
	readonly #plant: SyncPlant | null;
	readonly #devices: readonly SyncDevice[];
	readonly #pages: SyncPages;
	readonly #people: SyncPeople;
	readonly #edits: number;
	#cycles = 0;

	constructor(seed: number, plant: SyncPlant | null) {
		this.#random = seeded(seed);
		this.#plant = plant;
		this.server = new SyncServer(plant);
		this.#pages = new SyncPages(this.#random);
		this.#people = new SyncPeople(this.#random, this.#pages, (device) =>
			device !== this.#removed ? 'member' : this.#knewAtRemoval === null ? 'leaving' : 'out'
		);
		this.#devices = Array.from(
			{ length: 2 + Math.floor(this.#random() ** 3 * 4) },
			(_device, at) => new SyncDevice(`device-${at}`, plant)
		);
		for (const device of this.#devices)
			if (this.#random() < 0.3) device.clockSkewMs = (this.#random() - 0.5) * 20 * 365 * 24 * HOUR_MS;
		const isRemoved = this.#random() < 0.4 || plant === 'forgets-removal' || plant === 'blind-removal';
		this.#removed = isRemoved ? (this.#devices.at(-1) ?? null) : null;
		this.#isHelped = this.#random() < 0.7;
		for (const device of this.#devices.slice(1)) if (this.#random() < 0.4) device.choice = this.#someChoice();
		this.#edits = 1 + this.#below(3);
	}

	async play(): Promise<void> {
		await enrolAll(this.#devices, this.server, WORKSPACE, this.#random);
		const first = this.#devices[0];
		this.#pages.isCalm = true;
		while (first && first.datasets.size === 0) this.#people.create(first);
		for (const device of this.#random() < 0.8 ? this.#devices : []) await this.#calmSync(device);
		this.#pages.isCalm = false;
		this.#gcNowAndThen();
		for (const device of this.#devices) this.#open(device, this.#edits);
		if (this.#removed && first) this.#remove(first, this.#removed);
		await this.#settle();
		this.#pages.isCalm = true;
		this.#pages.clear();
		if (this.#removed && first && this.#knewAtRemoval === null) {
			this.#remove(first, this.#removed);
			await this.#settle();
		}
		this.#people.chooseAll(this.#devices);
		await this.#heal('after all');
		this.#checkKept();
		// All is as everywhere: whatever changes now is noticed by itself.
		for (const device of this.#staying) this.#people.actOnRecords(device);
		await this.#heal('after more was said');
		this.#checkKept();
		this.problems.push(...this.#staying.flatMap((device) => this.#people.late.problemsOf(device)));
		const last = this.problems.length > 0 ? 1 : this.#random();
		if (last < 0.35) await this.#distrust();
		else if (last < 0.7) await this.#reseed();
	}

	/** By another device, whose page may die on the way, as often as it takes. */
	#remove(by: SyncDevice, removed: SyncDevice): void {
		const page = this.#pages.open(by, () => this.#remove(by, removed));
		const work = async (): Promise<void> => {
			await this.#pages.wait(page, this.#pages.isCalm ? 0 : this.#below(9000));
			for (;;) {
				const done = await this.#pages.alone(page, () => removeDevice(removed.name, this.#effects(page)));
				if (done) break;
				// Another page of the device may be frozen for days.
				await this.#pages.wait(page, this.#below(done === null ? 5 * HOUR_MS : 3000));
			}
			this.removals++;
		};
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
			for (const dataset of device.datasets.values()) if (this.#random() < 0.7) this.#people.edit(device, dataset);
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
		this.#people.edit(one, target);
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
		away.commit(there, { z: 'fork' }, this.#pages.nowMs);
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
		const page = this.#pages.open(device, () => this.#open(device, left));
		let left = edits;
		const live = async (): Promise<void> => {
			while (left > 0) {
				await this.#pages.wait(page, this.#random() < 0.15 ? this.#below(50 * HOUR_MS) : this.#below(4000));
				left--;
				for (let count = this.#below(4); count > 0; count--) this.#people.act(device);
				await this.#sync(page);
				if (this.#random() < 0.25) await this.#people.choose(page);
			}
		};
		this.#run(page, live);
	}

	async #sync(page: Page): Promise<SyncedWorkspace | null> {
		const synced = await this.#pages.alone(page, () => syncWorkspace(this.#effects(page), () => undefined));
		if (!synced) return null;
		if (!synced.ok) {
			if (this.#isOut(page)) return null;
			if (!CALM.has(synced.error.kind) || this.#pages.isCalm)
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
		this.problems.push(...this.#people.acked.problemsOf(this.#staying, this.#people.removes));
	}

	#effects(page: Page): SyncEffects {
		const { device } = page;
		return {
			workspace: WORKSPACE,
			device: device.name,
			deviceName: device.name,
			net: this.#net(page),
			store: deviceStore(device, (act) => this.#pages.io(page, act), device === this.#removed ? null : this.#plant),
			keys: createToyKeys(device.name, device.signs, this.#random),
			choice: device.choice,
			isReseeding: false,
			merge: (ask) =>
				this.#pages.io(page, () => {
					const merged = device.merge(ask, this.#pages.nowMs + device.clockSkewMs);
					if (merged.ok) this.merges++;
					return merged;
				}),
			holding: (_versions, work) => work(),
			now: () => this.#pages.nowMs + device.clockSkewMs,
			random: this.#random,
			sleep: (ms) => this.#pages.wait(page, ms),
			signal: new AbortController().signal,
			moved: () => undefined
		};
	}

	#net(page: Page): SyncNet {
		const call = <T>(act: () => T): Promise<Result<T, NetFailure>> => this.#pages.call(page, act);
		const late = (act: () => void): void => this.#pages.schedule(page, this.#below(20_000), act);
		const net = simulatedNet({
			server: this.server,
			call,
			now: () => this.#pages.nowMs,
			// It says that they are there, and brings them later.
			late: this.#plant === 'ref-first' ? late : null,
			seesTo: () => (this.#isOut(page) && this.#isHelped ? (this.#knewAtRemoval ?? 0) : Infinity),
			onAppended: (before) => {
				this.#knewAtRemoval ??= before;
			},
			onWon: (ref) => {
				if (page.device === this.#removed && this.#knewAtRemoval === null)
					this.#people.sent(datasetId(ref.space), this.server.versionsBehind(ref));
			}
		});
		const moveRef: SyncNet['moveRef'] = async (ref) => {
			// A page may be frozen for days just before the last word.
			if (!this.#pages.isCalm && this.#random() < 0.04) await this.#pages.wait(page, (60 + this.#below(60)) * HOUR_MS);
			return net.moveRef(ref);
		};
		const appendMember: SyncNet['appendMember'] = async (prev, entry, seen) => {
			if (!this.#pages.isCalm && this.#random() < 0.3) await this.#pages.wait(page, this.#below(4000));
			return net.appendMember(prev, entry, seen);
		};
		return { ...net, moveRef, appendMember };
	}

	/** Any device collects, over the same network, and may die while it does; now and then one shortens a history. */
	#gcNowAndThen(): void {
		for (let cycle = 0; cycle < 8; cycle++) {
			const atMs = this.#below(15_000) + cycle * 26 * HOUR_MS;
			const device = this.#devices[this.#below(this.#devices.length)];
			if (!device) continue;
			this.#pages.schedule(null, atMs, () => void this.#collect({ device, isAlive: true }));
			const shortener = this.#devices[this.#below(this.#devices.length)];
			if (this.#random() < 0.5 && shortener)
				this.#pages.schedule(
					null,
					atMs + this.#below(4000),
					() => void this.#shorten({ device: shortener, isAlive: true })
				);
		}
	}

	async #collect(page: Page): Promise<void> {
		const call = <T>(act: () => T): Promise<Result<T, NetFailure>> => this.#pages.call(page, act);
		const gc: GcNet = {
			beginGc: (cycle) => call(() => this.server.beginGc(cycle, this.#pages.nowMs)),
			markLive: (cycle, space, ids) => {
				const marked = this.#plant === 'half-marked' ? ids.slice(ids.length / 2) : ids;
				return call(() => this.server.markLive(cycle, space, marked));
			},
			// A removed device has no owner's token any more.
			endGc: (cycle) => call(() => (this.#isOut(page) ? null : this.server.endGc(cycle, this.#pages.nowMs)))
		};
		const cycle = `cycle-${this.#cycles++}`;
		const done = await this.#pages.alone(page, () => collectOnEdge(this.#effects(page), gc, cycle, () => undefined));
		if (done && !done.ok && !CALM.has(done.error.kind) && !this.#isOut(page))
			this.problems.push(`collecting failed: ${JSON.stringify(done.error)}`);
	}

	async #shorten(page: Page): Promise<void> {
		const ids = [...page.device.datasets.keys()];
		const id = ids[this.#below(ids.length)];
		if (id === undefined) return;
		const newest = 1 + this.#below(2);
		const gone = await this.#pages.alone(page, () => shortenOnEdge(id, newest, false, this.#effects(page)));
		if (!gone) return;
		if (gone.ok) this.shortened += gone.value.length;
		else if (!CALM.has(gone.error.kind) && !this.#isOut(page))
			this.problems.push(`shortening failed: ${JSON.stringify(gone.error)}`);
	}

	async #settle(): Promise<void> {
		if (!(await this.#pages.settle())) this.problems.push('it does not end');
	}

	get steps(): number {
		return this.#pages.steps;
	}

	get faults(): number {
		return this.#pages.faults;
	}

	get deaths(): number {
		return this.#pages.deaths;
	}

	get away(): number {
		return this.#people.away;
	}

	#below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}
}
