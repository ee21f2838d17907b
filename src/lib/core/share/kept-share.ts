// What the devices of a workspace know of something that one of them shared. The edge has the counts.

export type KeptShare = {
	readonly share: string;
	/** The report's name, as its edition had it. */
	readonly report: string;
	readonly title: string;
	/** Path and fragment: whoever has it, and the passphrase where there is one, reads. */
	readonly link: string;
	readonly hasPassphrase: boolean;
	readonly createdAtMs: number;
	readonly expiresAtMs: number;
	/** Null: as often as anyone likes. */
	readonly maxViews: number | null;
	readonly sizeBytes: number;
	/** SHA-256 of the bundle, base64url: a reader's page shows the same. */
	readonly fingerprint: string;
};
