// The file of a backup: a preamble of fixed length, a header with all rows, and the packs. docs/backup-format.md describes it.
import * as v from 'valibot';
import { alertSeverities } from '../alert/rule.ts';
import { driftRulesSchema } from '../check/drift-rules.ts';
import { decodeCanonical } from '../decoding.ts';
import { documentKinds } from '../document/document.ts';
import { encodeCanonical } from '../encoding.ts';
import type { PackId } from '../ids.ts';
import { err, ok, type Result } from '../result.ts';
import { backupModelsShape, type BackupModels } from './backup-models.ts';
import type { Snapshot } from '../version/snapshot.ts';
import { versionShape } from '../version/version-shape.ts';

/** A file of format 1 is read for ever: it has no collected versions, documents or patches, and its root hash has other rules. */
export const BACKUP_FORMAT = 2;
/** Magic (8), format (4), length of the header (4), SHA-256 of the header (32). */
export const PREAMBLE_BYTES = 48;

export type BackupPack = { readonly id: PackId; readonly sizeBytes: number; readonly sha256: string };

export type BackupHeader = {
	readonly rootHash: string;
	readonly createdAtMs: number;
	readonly idKey: Uint8Array<ArrayBuffer>;
	readonly snapshot: Snapshot;
	/** Left out where there are none. */
	readonly models?: BackupModels;
	/** In the order of the file. */
	readonly packs: readonly BackupPack[];
};

export type BackupFailure =
	| { readonly kind: 'not-a-backup' }
	| { readonly kind: 'newer-backup'; readonly stored: number; readonly known: number }
	| { readonly kind: 'damaged-backup'; readonly where: 'length' | 'header' | 'data' };

export type Preamble = { readonly format: 1 | 2; readonly headerBytes: number; readonly sha256: string };

const MAGIC = Array.from('WEIRBKUP', (letter) => letter.charCodeAt(0));

export function encodePreamble({ format, headerBytes, sha256 }: Preamble): Uint8Array<ArrayBuffer> {
	const bytes = new Uint8Array(PREAMBLE_BYTES);
	bytes.set(MAGIC);
	const view = new DataView(bytes.buffer);
	view.setUint32(8, format);
	view.setUint32(12, headerBytes);
	for (let at = 0; at < 32; at++) bytes[16 + at] = Number.parseInt(sha256.slice(2 * at, 2 * at + 2), 16);
	return bytes;
}

export function parsePreamble(bytes: Uint8Array<ArrayBuffer>): Result<Preamble, BackupFailure> {
	if (MAGIC.some((byte, index) => bytes[index] !== byte)) return err({ kind: 'not-a-backup' });
	if (bytes.length < PREAMBLE_BYTES) return err({ kind: 'damaged-backup', where: 'length' });
	const view = new DataView(bytes.buffer, bytes.byteOffset, PREAMBLE_BYTES);
	const stored = view.getUint32(8);
	if (stored > BACKUP_FORMAT) return err({ kind: 'newer-backup', stored, known: BACKUP_FORMAT });
	if (stored !== 1 && stored !== BACKUP_FORMAT) return err({ kind: 'damaged-backup', where: 'header' });
	const sha256 = [...bytes.subarray(16, PREAMBLE_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
	return ok({ format: stored, headerBytes: view.getUint32(12), sha256 });
}

export function encodeHeader(header: BackupHeader): Uint8Array<ArrayBuffer> {
	return encodeCanonical(header);
}

const id = v.pipe(v.string(), v.minLength(1));
const amount = v.pipe(v.number(), v.integer(), v.minValue(0));
const bytes = v.instance(Uint8Array);
const ids = v.record(v.string(), id);
const dataset = v.object({
	id,
	name: v.string(),
	head: id,
	branch: v.string(),
	branches: ids,
	tags: ids,
	driftRules: v.exactOptional(driftRulesSchema),
	createdAtMs: v.number()
});
const document = v.object({
	id,
	kind: v.picklist(documentKinds),
	name: v.string(),
	head: id,
	createdAtMs: v.number()
});
/** Nothing else, so that a damaged dataset is none. */
const run = v.strictObject({ id, name: v.string() });
const verdict = v.looseObject({
	id,
	suite: v.string(),
	suiteVersion: v.nullable(id),
	dataset: id,
	version: id,
	outcome: v.picklist(['pass', 'warn', 'fail', 'error']),
	checks: v.array(v.looseObject({ check: v.string(), expectation: v.string() })),
	atMs: v.number()
});
const severity = v.picklist(alertSeverities);
const facts = v.looseObject({ kind: v.string() });
const noticed = v.looseObject({ id, ruleName: v.string(), subject: v.string(), severity, sinceMs: v.number(), facts });
const alerts = v.object({
	incidents: v.array(
		v.looseObject({
			...noticed.entries,
			rule: id,
			dataset: v.nullable(v.string()),
			state: v.picklist(['pending', 'firing', 'resolved']),
			toldOn: v.array(facts),
			owesRecovery: v.boolean()
		})
	),
	deliveries: v.array(
		v.looseObject({
			id,
			notice: v.looseObject({ kind: v.string(), channel: facts, severity, incidents: v.array(noticed) }),
			incidents: v.array(id),
			state: v.picklist(['waiting', 'delivered', 'given-up']),
			attempts: v.array(v.looseObject({ atMs: v.number() })),
			createdAtMs: v.number()
		})
	),
	silences: v.array(v.looseObject({ id, fromMs: v.number(), untilMs: v.number(), why: v.string() })),
	seen: v.record(v.string(), v.record(v.string(), v.string()))
});
const headerShape = v.object({
	rootHash: v.string(),
	createdAtMs: v.number(),
	idKey: bytes,
	packs: v.array(v.object({ id, sizeBytes: amount, sha256: v.string() })),
	models: v.exactOptional(backupModelsShape),
	snapshot: v.object({
		datasets: v.array(dataset),
		operations: v.array(
			v.object({
				seq: amount,
				kind: v.string(),
				before: v.nullable(v.union([dataset, document, run])),
				after: v.nullable(v.union([dataset, document, run])),
				undone: v.boolean(),
				atMs: v.number()
			})
		),
		documents: v.optional(v.array(document), []),
		documentVersions: v.optional(
			v.array(
				v.object({
					id,
					document: id,
					parents: v.array(id),
					text: v.string(),
					message: v.string(),
					createdAtMs: v.number()
				})
			),
			[]
		),
		versions: v.array(versionShape),
		collected: v.optional(
			v.array(
				v.object({
					id,
					dataset: id,
					parents: v.array(id),
					message: v.string(),
					createdAtMs: v.number(),
					collectedAtMs: v.number()
				})
			),
			[]
		),
		verdicts: v.optional(v.array(verdict), []),
		alerts: v.optional(alerts, { incidents: [], deliveries: [], silences: [], seen: {} }),
		segments: v.array(
			v.object({ id, rowCount: amount, chunks: v.array(v.object({ part: id, sizeBytes: amount, meta: bytes })) })
		),
		places: v.array(v.object({ id, pieces: v.array(v.object({ pack: id, startByte: amount, sizeBytes: amount })) }))
	})
});

export function parseHeader(encoded: Uint8Array<ArrayBuffer>): Result<BackupHeader, BackupFailure> {
	const decoded = decodeCanonical(encoded);
	const parsed = decoded.ok ? v.safeParse(headerShape, decoded.value) : null;
	// The shapes above are those of the types; ids are branded texts.
	return parsed?.success
		? ok(parsed.output as unknown as BackupHeader)
		: err({ kind: 'damaged-backup', where: 'header' });
}
