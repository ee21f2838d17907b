// How much a question may take, by what the Worker's isolate has.

export type EngineEnv = {
	readonly OBJECTS: R2Bucket;
	/** What an isolate has in all; 128 when it is not set, which is the platform's. A server of one's own may have more. */
	readonly ENGINE_MEMORY_MB?: string;
	/** How long a question may take; 25 when it is not set. */
	readonly ENGINE_SECONDS?: string;
};

export type EngineLimits = {
	/** Of Parquet, which is in memory as it is stored. */
	readonly inputBytes: number;
	/** What the database may count as its own. */
	readonly databaseBytes: number;
	/** What the engine's memory may grow to: the database, the code's own data, and what no database counts. */
	readonly heapBytes: number;
	/** Of Arrow. */
	readonly answerBytes: number;
	readonly seconds: number;
};

const MIB = 1024 * 1024;
const USUAL_MEMORY_MB = 128;
/** What WebAssembly can address. */
const MAX_HEAP_BYTES = 4000 * MIB;
/** Well below the 32 MiB that one Worker may answer another. */
const MAX_ANSWER_BYTES = 24 * MIB;

/** Of 128 MB: 32 for Parquet, 64 for the engine, 16 for the answer, and the rest for the script. */
export function limitsOf({ ENGINE_MEMORY_MB, ENGINE_SECONDS }: EngineEnv): EngineLimits {
	const scale = Math.max(1, positive(ENGINE_MEMORY_MB, USUAL_MEMORY_MB) / USUAL_MEMORY_MB);
	const heapBytes = Math.min(64 * MIB * scale, MAX_HEAP_BYTES);
	return {
		inputBytes: 32 * MIB * scale,
		heapBytes,
		databaseBytes: heapBytes / 2,
		answerBytes: Math.min(16 * MIB * scale, MAX_ANSWER_BYTES),
		seconds: positive(ENGINE_SECONDS, 25)
	};
}

function positive(text: string | undefined, otherwise: number): number {
	const value = Number(text);
	return value > 0 && Number.isFinite(value) ? value : otherwise;
}
