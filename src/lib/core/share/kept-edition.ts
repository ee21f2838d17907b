// An edition of a report that a pipeline published: what it was of and what became of it. Its rows are a bundle, as readers have them.

import type { VersionId } from '../ids.ts';

export type KeptEdition = {
	/** Of the run and the step that made it: nobody makes it twice. */
	readonly id: string;
	readonly pipeline: string;
	readonly run: string;
	readonly step: string;
	/** As the report was called. */
	readonly report: string;
	readonly title: string;
	readonly renderedAtMs: number;
	/** `sales v3`. */
	readonly sources: readonly string[];
	/** Whose rows it shows. */
	readonly versions: readonly VersionId[];
	readonly sizeBytes: number;
	/** SHA-256 of the bundle, base64url: whoever opens its link sees the same. */
	readonly fingerprint: string;
	/** Null where no link was asked for. `isThere` once the edge has it. */
	readonly share: {
		readonly share: string;
		readonly link: string;
		readonly expiresAtMs: number;
		readonly isThere: boolean;
	} | null;
};
