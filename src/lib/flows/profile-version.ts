// Column profiles of a version: kept ones at once, missing ones from the engine, then kept.
import type { ResultId } from '../core/ids.ts';
import type { ColumnProfile } from '../core/profile/profile.ts';
import { ok, type Result } from '../core/result.ts';
import type { Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import type { RunSqlFailure } from './run-sql.ts';

export type ProfileColumnInput = {
	/** A held result that shows the version's rows. */
	readonly id: ResultId;
	/** Null when the rows are a query's result, whose profiles are not kept. */
	readonly version: Version | null;
	readonly column: string;
	readonly onProfile: (profile: ColumnProfile) => void;
};

export async function profileColumn(
	input: ProfileColumnInput,
	effects: Effects
): Promise<Result<ColumnProfile, RunSqlFailure>> {
	if (input.version) {
		const kept = await effects.store.profiles(input.version.id);
		if (!kept.ok) return kept;
		const found = kept.value.find((profile) => profile.column === input.column);
		if (found) return ok(found);
	}
	return makeProfile(input, effects);
}

/** Every column of a version, in its order. What is kept is read once for all of them. */
export async function profileVersion(
	input: {
		readonly id: ResultId;
		readonly version: Version;
		readonly onProgress?: (fraction: number) => void;
	},
	effects: Effects
): Promise<Result<readonly ColumnProfile[], RunSqlFailure>> {
	const { id, version, onProgress } = input;
	const kept = await effects.store.profiles(version.id);
	if (!kept.ok) return kept;
	const byColumn = new Map(kept.value.map((profile) => [profile.column, profile]));
	const profiles: ColumnProfile[] = [];
	for (const [at, { name }] of version.schema.entries()) {
		const known = byColumn.get(name);
		const profile = known ? ok(known) : await makeProfile({ id, version, column: name, onProfile: noPart }, effects);
		if (!profile.ok) return profile;
		profiles.push(profile.value);
		onProgress?.((at + 1) / version.schema.length);
	}
	return ok(profiles);
}

const noPart = (): void => undefined;

async function makeProfile(
	{ id, version, column, onProfile }: ProfileColumnInput,
	effects: Effects
): Promise<Result<ColumnProfile, RunSqlFailure>> {
	const made = await effects.engine.profile(id, column, onProfile);
	if (made.ok && version) {
		const saved = await effects.store.saveProfile(version.id, made.value);
		if (!saved.ok) return saved;
	}
	return made;
}
