// Branded ids, so that a part's id never passes for a version's.

declare const brand: unique symbol;
type Id<Name extends string> = string & { readonly [brand]: Name };

/** 128 random bits, base64url: a dataset keeps it through renames. */
export type DatasetId = Id<'dataset'>;
/** 32 bytes, base64url: HMAC-SHA-256 of the canonical manifest, keyed by the workspace. */
export type VersionId = Id<'version'>;
/** 32 bytes, base64url: HMAC-SHA-256 of the part's bytes, keyed by the workspace. */
export type PartId = Id<'part'>;
/** 32 bytes, base64url: HMAC-SHA-256 of the canonical segment, keyed by the workspace. */
export type SegmentId = Id<'segment'>;
/** 32 bytes, base64url: HMAC-SHA-256 of its parts' ids, keyed by the workspace. */
export type PackId = Id<'pack'>;
/** 128 random bits, base64url: a document keeps it through renames. */
export type DocumentId = Id<'document'>;
/** 32 bytes, base64url: HMAC-SHA-256 of the canonical version of a document, keyed by the workspace. */
export type DocumentVersionId = Id<'document-version'>;
/** SHA-256 of the bytes, hex: a model's file, or what a training run made besides. */
export type ObjectId = Id<'object'>;
/** 128 random bits, base64url. */
export type ModelRunId = Id<'model-run'>;
/** Unique in one page: a long piece of work a person can watch and cancel. */
export type JobId = Id<'job'>;
/** Unique in one page: rows the engine holds for a grid. */
export type ResultId = Id<'result'>;

export const datasetId = (text: string): DatasetId => text as DatasetId;
export const versionId = (text: string): VersionId => text as VersionId;
export const partId = (text: string): PartId => text as PartId;
export const segmentId = (text: string): SegmentId => text as SegmentId;
export const packId = (text: string): PackId => text as PackId;
export const documentId = (text: string): DocumentId => text as DocumentId;
export const documentVersionId = (text: string): DocumentVersionId => text as DocumentVersionId;
export const objectId = (text: string): ObjectId => text as ObjectId;
export const modelRunId = (text: string): ModelRunId => text as ModelRunId;
export const jobId = (text: string): JobId => text as JobId;
export const resultId = (text: string): ResultId => text as ResultId;
