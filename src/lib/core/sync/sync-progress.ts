// How far a sync is, for whoever shows it.

export type SyncProgress = {
	readonly sentBytes: number;
	readonly receivedBytes: number;
	/** Over the last seconds. */
	readonly bytesPerSecond: number;
	/** Datasets. */
	readonly done: number;
	readonly all: number;
};
