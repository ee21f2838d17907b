// What is kept of a pipeline's schedule between two looks at it.
import type { FailureFacts } from '../core/pipeline/run-record.ts';
import type { Seen } from '../core/pipeline/watched-file.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

export type KeptSchedule = {
	/** Every nominal time up to it was dealt with. */
	readonly doneUntilMs: number;
	readonly missedMs: readonly number[];
	/** The version of each watched dataset that a run was made for, or that was there at first. */
	readonly seen: Readonly<Record<string, string>>;
	readonly failure?: (FailureFacts & { readonly atMs: number }) | null;
	/** Of the watched folder. */
	readonly files?: { readonly done: Seen; readonly last: Seen };
};

/** Null before the first look. */
export async function keptSchedule(
	name: string,
	{ store }: Pick<Effects, 'store'>
): Promise<Result<KeptSchedule | null, StoreFailure>> {
	const stored = await store.setting(keyOf(name));
	return stored.ok ? ok((stored.value as KeptSchedule | undefined) ?? null) : stored;
}

export async function keepSchedule(
	name: string,
	kept: KeptSchedule,
	{ store }: Pick<Effects, 'store'>
): Promise<Result<void, StoreFailure>> {
	return store.saveSetting(keyOf(name), kept);
}

function keyOf(name: string): string {
	return `schedule ${name}`;
}
