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
	const made = await effects.engine.profile(input.id, input.column, input.onProfile);
	if (made.ok && input.version) {
		const saved = await effects.store.saveProfile(input.version.id, made.value);
		if (!saved.ok) return saved;
	}
	return made;
}

/** Every column of a version, in its order. */
export async function profileVersion(
	input: { readonly id: ResultId; readonly version: Version },
	effects: Effects
): Promise<Result<readonly ColumnProfile[], RunSqlFailure>> {
	const profiles: ColumnProfile[] = [];
	for (const { name } of input.version.schema) {
		const profile = await profileColumn(
			{ id: input.id, version: input.version, column: name, onProfile: () => undefined },
			effects
		);
		if (!profile.ok) return profile;
		profiles.push(profile.value);
	}
	return ok(profiles);
}
