// An engine whose every reading of versions is told to all tabs, so that none collects them meanwhile.
import { err, type Result } from '../core/result.ts';
import type { ResultId, VersionId } from '../core/ids.ts';
import type { SqlFailure } from '../core/sql/failure.ts';
import type { Relation } from '../core/sql/relation.ts';
import type { EngineApi } from '#workers/engine/api.ts';
import type { Lease } from '../db/leases.ts';
import type { Effects } from './effects.ts';

type LeaseEffects = Pick<Effects, 'leases' | 'store' | 'watchEngine'>;

/** A run holds what it reads until it ends; rows that are browsed, until they are released or the engine is replaced. */
export function leaseEngine(engine: EngineApi, effects: LeaseEffects): EngineApi {
	const browsed = new Map<ResultId, Lease>();
	const drop = (id: ResultId): void => {
		void browsed.get(id)?.end();
		browsed.delete(id);
	};
	effects.watchEngine((state) => {
		if (state === 'restarting') for (const id of [...browsed.keys()]) drop(id);
	});
	const reading = async <T, F>(
		relations: readonly Relation[],
		work: () => Promise<Result<T, F>>
	): Promise<Result<T, F | SqlFailure>> => {
		const lease = await effects.leases.hold(versionsOf(relations));
		try {
			return await told(await work(), relations, effects);
		} finally {
			void lease.end();
		}
	};
	return {
		...engine,
		run: (input, onProgress) => reading(input.relations, () => engine.run(input, onProgress)),
		answer: (input) => reading(input.relations, () => engine.answer(input)),
		shapes: (input) => reading(input.relations, () => engine.shapes(input)),
		describe: (input) => reading(input.relations, () => engine.describe(input)),
		write: (input, onProgress) => reading(input.relations, () => engine.write(input, onProgress)),
		copy: (input, options, onChunk) => reading(input.relations, () => engine.copy(input, options, onChunk)),
		load: (relation) => reading([relation], () => engine.load(relation)),
		browse: async (id, relation) => {
			drop(id);
			const lease = await effects.leases.hold([relation.version]);
			const shape = await told(await engine.browse(id, relation), [relation], effects);
			if (shape.ok) browsed.set(id, lease);
			else void lease.end();
			return shape;
		},
		release: async (id) => {
			await engine.release(id);
			drop(id);
		}
	};
}

function versionsOf(relations: readonly Relation[]): readonly VersionId[] {
	return relations.flatMap(({ version, unlike, beside, gone }) =>
		[version, unlike, beside?.version, gone?.version].filter((one) => one !== undefined)
	);
}

/** A version that went between being named and being read was collected, not damaged. */
async function told<T, F>(
	result: Result<T, F>,
	relations: readonly Relation[],
	{ store }: LeaseEffects
): Promise<Result<T, F | SqlFailure>> {
	if (result.ok || !isDamaged(result.error)) return result;
	const { version } = result.error;
	const found = await store.collectedVersion(version);
	if (!found.ok || found.value === null) return result;
	const relation = relations.find((one) => one.version === version);
	const [dataset = '', at = version.slice(0, 8)] = (relation?.name ?? '').split('@');
	return err({
		kind: 'version-collected',
		dataset,
		version: at,
		collectedAtMs: found.value.collectedAtMs,
		position: null
	});
}

function isDamaged(failure: unknown): failure is { readonly kind: 'damaged-version'; readonly version: VersionId } {
	return typeof failure === 'object' && failure !== null && 'kind' in failure && failure.kind === 'damaged-version';
}
