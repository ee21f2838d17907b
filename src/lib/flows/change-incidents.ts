// What a person does about alerts: acknowledges an incident, silences some for a while, sends a notice once more.
import { again, type Delivery } from '../core/alert/delivery.ts';
import type { UnknownAlert } from '../core/alert/failure.ts';
import type { Incident, Silence } from '../core/alert/incident.ts';
import { acknowledgedIn } from '../core/alert/step.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { readAuthor } from './author.ts';
import type { Effects } from './effects.ts';
import { ALERTS_LOCK } from './look-at-alerts.ts';

/** It is told no more, but for its recovery. */
export async function acknowledge(
	{ id, note }: { readonly id: string; readonly note?: string | undefined },
	effects: Effects
): Promise<Result<Incident, StoreFailure | UnknownAlert>> {
	const author = await readAuthor(effects);
	if (!author.ok) return author;
	return alone(effects, async (): Promise<Result<Incident, StoreFailure | UnknownAlert>> => {
		const state = await effects.alerts.state();
		if (!state.ok) return state;
		const { incidents: before, seen } = state.value;
		const by = author.value === '' ? null : author.value;
		const after = acknowledgedIn(before, id, { atMs: effects.now(), by, note: note ?? null });
		const changed = after.find((one) => one.id === id);
		if (!changed || changed.state === 'resolved') return err({ kind: 'unknown-alert', what: 'incident', id });
		const stored = await effects.alerts.commit({
			before,
			after,
			closed: [],
			deliveries: [],
			seen
		});
		return stored.ok ? ok(changed) : stored;
	});
}

export type SilenceInput = Pick<Silence, 'rule' | 'dataset' | 'subject' | 'untilMs' | 'why'>;

export async function silence(input: SilenceInput, effects: Effects): Promise<Result<Silence, StoreFailure>> {
	const author = await readAuthor(effects);
	if (!author.ok) return author;
	return alone(effects, async () => {
		const state = await effects.alerts.state();
		if (!state.ok) return state;
		const nowMs = effects.now();
		const by = author.value === '' ? null : author.value;
		const made: Silence = { id: effects.randomId(), ...input, fromMs: nowMs, by };
		const kept = state.value.silences.filter(({ untilMs }) => untilMs > nowMs);
		const saved = await effects.alerts.saveSilences([...kept, made]);
		return saved.ok ? ok(made) : saved;
	});
}

/** At once: what is still broken is told with the next look. */
export async function endSilence(id: string, effects: Effects): Promise<Result<Silence, StoreFailure | UnknownAlert>> {
	return alone(effects, async (): Promise<Result<Silence, StoreFailure | UnknownAlert>> => {
		const state = await effects.alerts.state();
		if (!state.ok) return state;
		const found = state.value.silences.find((one) => one.id === id);
		if (!found) return err({ kind: 'unknown-alert', what: 'silence', id });
		const saved = await effects.alerts.saveSilences(state.value.silences.filter((one) => one !== found));
		return saved.ok ? ok(found) : saved;
	});
}

export async function retryDelivery(
	id: string,
	effects: Effects
): Promise<Result<Delivery, StoreFailure | UnknownAlert>> {
	const nowMs = effects.now();
	const changed = await effects.alerts.changeDelivery(id, (delivery) =>
		delivery.state === 'delivered' ? delivery : again(delivery, nowMs)
	);
	if (!changed.ok) return changed;
	return changed.value ? ok(changed.value) : err({ kind: 'unknown-alert', what: 'delivery', id });
}

async function alone<T, E>(effects: Effects, work: () => Promise<Result<T, E>>): Promise<Result<T, E | StoreFailure>> {
	const done = await effects.lock(ALERTS_LOCK, true, work);
	// It waits for its turn.
	return done === 'busy' ? err({ kind: 'storage-unavailable', reason: 'another page holds the alerts' }) : done;
}
