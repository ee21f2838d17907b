// Models by name, their numbered versions, and everything that was done to them.
import type { ModelRunId, ObjectId } from '../../ids.ts';
import type { Repair } from '../../onnx/repair.ts';
import type { ModelSignature } from '../../onnx/signature.ts';
import { err, ok, type Result } from '../../result.ts';
import type { LabelSource } from '../watch/performance-sql.ts';
import { modelStages, type ModelStage } from './model-run.ts';

export type RegisteredModel = {
	readonly name: string;
	/** Numbers of versions by free names, such as `champion`. */
	readonly aliases: Readonly<Record<string, number>>;
	/** Where what turned out comes from, by which versions that it scored are judged; left out when nobody said. */
	readonly labels?: LabelSource;
	/** Since when it is removed; it can be brought back. */
	readonly removedAtMs?: number;
	readonly createdAtMs: number;
};

export type ModelVersion = {
	/** The model's name. */
	readonly model: string;
	/** From 1 on, given once and never again. */
	readonly number: number;
	readonly stage: ModelStage;
	/** The ONNX file: its hash is what lineage names. */
	readonly onnx: ObjectId;
	readonly sizeBytes: number;
	readonly signature: ModelSignature;
	/** Null where the file was imported. */
	readonly run: ModelRunId | null;
	/** What was mended of an imported file. */
	readonly repairs: readonly Repair[];
	readonly description: string;
	/** Since when it is removed; it can be brought back. */
	readonly removedAtMs?: number;
	readonly createdAtMs: number;
};

/** Never changed, never removed: who did what when, and why. */
export type ModelEvent = {
	readonly seq: number;
	readonly model: string;
	/** 0 of what is about the model as a whole. */
	readonly number: number;
	readonly kind:
		'registered' | 'imported' | 'stage' | 'alias' | 'rolled-back' | 'labels' | 'removed' | 'brought-back' | 'deleted';
	readonly from: string | null;
	readonly to: string | null;
	/** Null when nobody gave a name. */
	readonly who: string | null;
	readonly why: string;
	readonly atMs: number;
};

export type RegistryFailure =
	| { readonly kind: 'invalid-model-name'; readonly name: string }
	| { readonly kind: 'unknown-model'; readonly model: string; readonly known: readonly string[] }
	| { readonly kind: 'unknown-model-version'; readonly model: string; readonly version: string }
	| { readonly kind: 'unknown-model-run'; readonly run: string }
	| { readonly kind: 'model-run-unfinished'; readonly run: string }
	| { readonly kind: 'nothing-to-roll-back'; readonly model: string }
	| { readonly kind: 'damaged-model'; readonly model: string }
	| { readonly kind: 'training-version-gone'; readonly dataset: string }
	| { readonly kind: 'artifact-name-taken'; readonly name: string }
	| { readonly kind: 'unknown-artifact'; readonly name: string; readonly known: readonly string[] }
	/** A training whose page was closed. */
	| { readonly kind: 'training-interrupted' }
	| { readonly kind: 'model-in-production'; readonly model: string; readonly version: number };

/** What a reference asks of a model: a number, an alias or stage, or whatever serves. */
export type ModelReference = { readonly model: string; readonly version: string | null };

/** A model's name: letters, digits, `_`, `-`, `.` and spaces, up to 80. */
export function parseModelName(name: string): Result<string, RegistryFailure> {
	const trimmed = name.trim();
	return /^[\p{L}\p{N}_][\p{L}\p{N}_. -]{0,79}$/u.test(trimmed)
		? ok(trimmed)
		: err({ kind: 'invalid-model-name', name });
}

/** `name`, `name@alias`, `name@v3`, `name/3`, each also after MLflow's `models:/`. */
export function parseModelReference(text: string): ModelReference {
	const plain = text.trim().replace(/^models:\//, '');
	const mark = plain.search(/[@/]/);
	if (mark < 0) return { model: plain, version: null };
	return { model: plain.slice(0, mark), version: plain.slice(mark + 1) };
}

/** Without a version: the one in Production, else the newest. Names match without regard to case. */
export function resolveModel(
	{ model, version }: ModelReference,
	models: readonly RegisteredModel[],
	versions: readonly ModelVersion[]
): Result<ModelVersion, RegistryFailure> {
	const registered = models.find(({ name }) => name.toLowerCase() === model.toLowerCase());
	if (!registered) return err({ kind: 'unknown-model', model, known: models.map(({ name }) => name) });
	const own = versions
		.filter((one) => one.model === registered.name)
		.toSorted((one, other) => other.number - one.number);
	const found =
		version === null ? (own.find(({ stage }) => stage === 'Production') ?? own[0]) : named(version, registered, own);
	return found ? ok(found) : err({ kind: 'unknown-model-version', model: registered.name, version: version ?? '' });
}

function named(version: string, { aliases }: RegisteredModel, own: readonly ModelVersion[]): ModelVersion | undefined {
	const alias = Object.entries(aliases).find(([name]) => name.toLowerCase() === version.toLowerCase());
	if (alias) return own.find(({ number }) => number === alias[1]);
	const stage = modelStages.find((name) => name.toLowerCase() === version.toLowerCase());
	if (stage) return own.find((one) => one.stage === stage);
	if (version.toLowerCase() === 'latest') return own[0];
	const number = /^v?(\d+)$/i.exec(version)?.[1];
	return number === undefined ? undefined : own.find((one) => one.number === Number(number));
}
