// The keys and devices of a synced workspace, as the page shows and changes them.
import type { Result } from '#core/result.ts';
import type { SyncFailure } from '#core/sync/failure.ts';
import type { Effects } from '#lib/flows/effects.ts';
import { acceptAudit, readAudit, type AuditLog as ToldLog } from '#lib/flows/sync-audit.ts';
import { listDevices, renameDevice, type DeviceTold as ToldDevice } from '#lib/flows/sync-devices.ts';
import {
	askToJoin,
	beginEnrol,
	endEnrol,
	letIn,
	waitForDevice,
	type AskToJoinInput,
	type Asking
} from '#lib/flows/sync-enrol.ts';
import { forgetRefusals, lockKeys } from '#lib/flows/sync-lock.ts';
import { rotateKeys, type RotateInput } from '#lib/flows/sync-rotate.ts';
import { changeSlot, listSlots, removeSlot, type NewOpener, type SlotTold as ToldSlot } from '#lib/flows/sync-slots.ts';
import { unlockKeys, type Opener } from '#lib/flows/sync-unlock.ts';
import { Asked } from './asked.svelte.ts';
import type { Toasts } from './toasts.svelte.ts';

export type DeviceTold = ToldDevice;
export type SlotTold = ToldSlot;
export type AuditLog = ToldLog;

/** What was being done, by the name of its form. */
export type KeyTask =
	'lock' | 'unlock' | 'change' | 'remove-key' | 'rename' | 'remove-device' | 'enrol' | 'ask' | 'look';

/** For two minutes; later ones are seen by the next sync. */
const JOIN_LOOKS = 60;
const JOIN_LOOK_MS = 2000;

export class Keyring {
	#slots = $state.raw<readonly SlotTold[] | null>(null);
	#devices = $state.raw<readonly DeviceTold[] | null>(null);
	#task = $state<KeyTask | null>(null);
	#failed = $state.raw<{ readonly task: KeyTask; readonly failure: SyncFailure } | null>(null);
	#code = $state<string | null>(null);
	#asking = $state.raw<Asking | null>(null);
	#words = $state.raw<readonly string[] | null>(null);
	#hasPasskeys = $state(false);
	#waiting = new AbortController();
	readonly audit = new Asked<AuditLog>();
	#looks = 0;
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
	}

	/** Null until the edge was asked. */
	get slots(): readonly SlotTold[] | null {
		return this.#slots;
	}
	get devices(): readonly DeviceTold[] | null {
		return this.#devices;
	}
	/** What is being done now. */
	get task(): KeyTask | null {
		return this.#task;
	}
	/** The code that a new device may ask by, and who asks. */
	get code(): string | null {
		return this.#code;
	}
	get asking(): Asking | null {
		return this.#asking;
	}
	/** On a new device that asks: what the other one shows, too. */
	get words(): readonly string[] | null {
		return this.#words;
	}
	get hasPasskeys(): boolean {
		return this.#hasPasskeys;
	}

	failureOf(task: KeyTask): SyncFailure | null {
		return this.#failed?.task === task ? this.#failed.failure : null;
	}

	beginAnew(): void {
		this.#failed = null;
	}

	/** Asks the edge for keys and devices; what it does not answer stays as it was seen last. */
	async look(): Promise<void> {
		this.#hasPasskeys = await this.#effects.sync.passkeys.isSupported();
		const [slots, devices] = [await listSlots(this.#effects), await listDevices(this.#effects)];
		if (slots.ok) this.#slots = slots.value;
		if (devices.ok) this.#devices = devices.value;
	}

	async lock(keepsSlots: boolean): Promise<boolean> {
		const isLocked = await this.#do('lock', () => lockKeys({ keepsSlots }, this.#effects));
		if (!isLocked) return false;
		this.#slots = null;
		this.#devices = null;
		this.audit.forget();
		return true;
	}

	unlock(opener: Opener): Promise<boolean> {
		return this.#do('unlock', () => unlockKeys(opener, this.#effects));
	}

	change(input: NewOpener): Promise<boolean> {
		return this.#do('change', () => changeSlot(input, this.#effects));
	}

	removeSlot(id: string): Promise<boolean> {
		return this.#do('remove-key', () => removeSlot(id, this.#effects));
	}

	rename(id: string, name: string): Promise<boolean> {
		return this.#do('rename', () => renameDevice(id, name, this.#effects));
	}

	rotate(input: RotateInput): Promise<boolean> {
		return this.#do('remove-device', () => rotateKeys(input, this.#effects));
	}

	/** What was done to the workspace on the edge. */
	async lookAtAudit(): Promise<void> {
		await this.audit.ask(String(++this.#looks), () => readAudit({}, this.#effects));
	}

	/** The log that was cut or changed is the one to go on from. */
	async acceptAudit(): Promise<void> {
		const accepted = await acceptAudit(this.audit.value?.tip ?? null, this.#effects);
		if (accepted.ok) await this.lookAtAudit();
		else this.#toasts.fail(accepted.error);
	}

	async forgetRefusals(): Promise<void> {
		const forgotten = await forgetRefusals(this.#effects);
		if (!forgotten.ok) this.#toasts.fail(forgotten.error);
	}

	/** Shows a code, and waits for whoever asks by it. */
	async beginEnrol(): Promise<void> {
		const begun = await this.#result('enrol', () => beginEnrol(this.#effects));
		if (!begun.ok) return;
		this.#code = begun.value;
		this.#waiting = new AbortController();
		const asked = await waitForDevice(begun.value, this.#waiting.signal, this.#effects);
		if (this.#code !== begun.value) return;
		if (asked.ok) this.#asking = asked.value;
		else {
			this.#code = null;
			this.#failed = { task: 'enrol', failure: asked.error };
		}
	}

	async letIn(opener: Opener): Promise<boolean> {
		const [code, asking] = [this.#code, this.#asking];
		if (code === null || !asking) return false;
		const done = await this.#do('enrol', () => letIn(code, opener, asking.words, this.#effects));
		if (!done) return false;
		this.#forgetEnrol();
		void this.#lookForAnother();
		return true;
	}

	/** It takes the keys and signs itself in by itself, and sees to what it brings before. */
	async #lookForAnother(): Promise<void> {
		const before = this.#devices?.length ?? 0;
		const { signal } = new AbortController();
		for (let looks = 0; looks < JOIN_LOOKS; looks++) {
			await this.#effects.sleep(JOIN_LOOK_MS, signal);
			await this.look();
			if (this.#devices === null || this.#devices.length > before) return;
		}
	}

	async endEnrol(): Promise<void> {
		const code = this.#code;
		this.#forgetEnrol();
		this.#failed = null;
		const ended = code === null ? null : await endEnrol(code, this.#effects);
		// It ends by itself, too.
		if (ended && !ended.ok && ended.error.kind !== 'edge-unreachable') this.#toasts.fail(ended.error);
	}

	#forgetEnrol(): void {
		this.#waiting.abort();
		this.#code = null;
		this.#asking = null;
	}

	/** On a new device. */
	async askToJoin(input: Pick<AskToJoinInput, 'code' | 'device' | 'bring'>): Promise<boolean> {
		this.#waiting = new AbortController();
		const { signal } = this.#waiting;
		const onWords = (words: readonly string[]): void => {
			this.#words = words;
		};
		const done = await this.#do('ask', () => askToJoin({ ...input, onWords, signal }, this.#effects));
		this.#words = null;
		return done;
	}

	cancelAsking(): void {
		this.#waiting.abort();
	}

	async #do(task: KeyTask, work: () => Promise<Result<unknown, SyncFailure>>): Promise<boolean> {
		const done = await this.#result(task, work);
		if (done.ok && task !== 'lock' && task !== 'ask') void this.look();
		return done.ok;
	}

	async #result<T>(task: KeyTask, work: () => Promise<Result<T, SyncFailure>>): Promise<Result<T, SyncFailure>> {
		this.#task = task;
		this.#failed = null;
		try {
			const done = await work();
			if (!done.ok && done.error.kind !== 'cancelled') this.#failed = { task, failure: done.error };
			return done;
		} finally {
			this.#task = null;
		}
	}
}
