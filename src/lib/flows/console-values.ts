// What the console's verbs share: what they say of arguments that are not what they take, and of versions.
import { err } from '../core/result.ts';
import type { Dataset, Version } from '../core/version/version.ts';
import type { InvalidArgument } from './console-answer.ts';

export function invalid(argument: string, expected: string): { readonly ok: false; readonly error: InvalidArgument } {
	return err({ kind: 'invalid-argument', argument, expected });
}

export function isTexts(value: unknown): value is readonly string[] {
	return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

export function isNumbers(value: unknown): value is readonly number[] {
	return Array.isArray(value) && value.every((one) => typeof one === 'number');
}

export function named({ dataset, version }: { readonly dataset: Dataset; readonly version: Version }) {
	return { dataset: dataset.name, version: version.id };
}
