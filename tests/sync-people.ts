// What people do on the devices of the simulation of sync, and what of it they were told is theirs to keep.
import { datasetId, type DatasetId, type VersionId } from '#core/ids.ts';
import { isSameState, stateOf } from '#core/sync/space-state.ts';
import { TAKE_ALL } from '#core/sync/sync-choice.ts';
import type { Dataset } from '#core/version/version.ts';
import { takeAway } from '#lib/flows/sync-away.ts';
import { AckedWork } from './sync-acked.ts';
import { changeDataset, NAMES } from './sync-acts.ts';
import { deviceStore, type Rows, type SyncDevice } from './sync-device.ts';
import type { Page, SyncPages } from './sync-pages.ts';
import { actOnRecords } from './sync-records-device.ts';
import { LateWork } from './sync-removal.ts';

const KEYS = ['a', 'b', 'c', 'd', 'e', 'f'];

/** `leaving` is removed some time, and what it has not sent by then is its own alone; `out` was. */
export type Standing = 'member' | 'leaving' | 'out';

export class SyncPeople {
	readonly acked = new AckedWork();
	/** What a device did after it was removed. */
	readonly late = new LateWork();
	/** Whether anything is ever taken away by a person: then commits may go. */
	readonly removes: boolean;
	/** How often a dataset was chosen to be on the server alone. */
	away = 0;
	readonly #random: () => number;
	readonly #pages: SyncPages;
	readonly #standing: (device: SyncDevice) => Standing;
	/** Of the device that is leaving. */
	readonly #unsent = new Set<VersionId>();
	#ids = 0;

	constructor(random: () => number, pages: SyncPages, standing: (device: SyncDevice) => Standing) {
		this.#random = random;
		this.#pages = pages;
		this.#standing = standing;
		this.removes = random() < 0.4;
	}

	create(device: SyncDevice): void {
		const taken = [...device.datasets.values()].map(({ name }) => name.toLowerCase());
		const name = NAMES.find((one) => !taken.includes(one.toLowerCase()) && this.#random() < 0.5);
		if (name === undefined) return;
		const id = datasetId(`ds-${this.#ids++}-${this.#below(1000)}`);
		this.#ack(device, id, device.create(id, name, { a: '0' }, this.#timeOf(device)));
	}

	/** One thing that a person does. */
	act(device: SyncDevice): void {
		if (this.#random() < 0.35) return this.actOnRecords(device);
		const datasets = [...device.datasets.values()];
		const dataset = datasets[this.#below(datasets.length)];
		const kind = this.#below(this.removes ? 13 : 10);
		if (!dataset || (kind === 0 && datasets.length < 3)) return this.create(device);
		if (kind < 6) return this.edit(device, dataset);
		changeDataset(device, dataset, kind, this.#random);
	}

	edit(device: SyncDevice, dataset: Dataset): void {
		const rows: Record<string, string> = { ...device.rowsOf(dataset.head) };
		const key = KEYS[this.#below(KEYS.length)] ?? 'a';
		rows[key] = `${device.name} ${this.#ids++}`;
		this.#ack(device, dataset.id, device.commit(dataset, rows satisfies Rows, this.#timeOf(device)));
	}

	actOnRecords(device: SyncDevice): void {
		const { name, others } = device;
		const said = this.#ids++;
		const [text, onnx] = [`${name} says ${said}`, said.toString(16).padStart(64, '0')];
		const by = { said, text, onnx, atMs: this.#timeOf(device), random: this.#random, removes: this.removes };
		const done = actOnRecords(others, by);
		const standing = this.#standing(device);
		if (standing === 'out' && done?.kind === 'text') this.late.texts.push(text);
		if (standing === 'member' && done) this.acked.said.push(done);
	}

	/** A dataset is chosen to be on the server alone; or one that was comes back, by choice or by undo. Whatever the page dies of in between. */
	async choose(page: Page): Promise<void> {
		const { device } = page;
		const gone = [...device.left.values()];
		const back = gone[this.#below(gone.length)];
		if (back && this.#random() < 0.6) {
			// A name that is taken meanwhile cannot be had back.
			const isTaken = [...device.datasets.values()].some(
				({ id, name }) => id === back.id || name.toLowerCase() === back.name.toLowerCase()
			);
			if (this.#random() < 0.3 && !isTaken) device.datasets.set(back.id, back);
			else this.#chooseHere(device, back.id);
			device.left.delete(back.id);
			return;
		}
		const datasets = [...device.datasets.values()];
		const dataset = datasets[this.#below(datasets.length)];
		if (!dataset) return;
		const base = device.spaces.get(dataset.id)?.base;
		if (!base || !isSameState(base.state, stateOf(dataset))) return;
		const taken = await this.#pages.alone(page, () =>
			takeAway(
				{ id: dataset.id, name: dataset.name },
				{ ...TAKE_ALL.otherwise, isTaken: false },
				deviceStore(device, (act) => this.#pages.io(page, act), null),
				this.#timeOf(device)
			)
		);
		if (!taken?.ok) return;
		device.left.set(dataset.id, dataset);
		this.away++;
	}

	/** What a device that is still to be removed has brought to the edge is everybody's. */
	sent(id: DatasetId, versions: readonly VersionId[]): void {
		for (const version of versions) if (this.#unsent.delete(version)) this.acked.commit(id, version);
	}

	/** Everything is wanted on all devices again. */
	chooseAll(devices: readonly SyncDevice[]): void {
		for (const device of devices) {
			device.choice = { ...device.choice, datasets: {} };
			device.left.clear();
		}
	}

	#chooseHere(device: SyncDevice, id: DatasetId): void {
		const { [id]: _away, ...datasets } = device.choice.datasets;
		device.choice = { ...device.choice, datasets };
	}

	#ack(device: SyncDevice, id: DatasetId, version: VersionId): void {
		const standing = this.#standing(device);
		if (standing === 'out') this.late.versions.add(version);
		if (standing === 'leaving') this.#unsent.add(version);
		if (standing === 'member') this.acked.commit(id, version);
	}

	#timeOf({ clockSkewMs }: SyncDevice): number {
		return this.#pages.nowMs + clockSkewMs;
	}

	#below(limit: number): number {
		return Math.floor(this.#random() * limit);
	}
}
