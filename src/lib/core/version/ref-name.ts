// Which names a branch or a tag may have: those that `name@…` in SQL cannot take for something else.
import { err, ok, type Result } from '../result.ts';
import type { StoreFailure } from './store-failure.ts';

const NAME_MAX = 64;

export type InvalidRef = Extract<StoreFailure, { kind: 'invalid-ref' }>;

export function parseRefName(name: string): Result<string, InvalidRef> {
	const refuse = (rule: InvalidRef['rule']) => err({ kind: 'invalid-ref', name, rule } as const);
	if (name.length > NAME_MAX) return refuse('too-long');
	if (!/^\p{L}[\p{L}\p{N}._-]*$/u.test(name)) return refuse('letters');
	if (/^(v\d+|rejects)$/i.test(name)) return refuse('reserved');
	return ok(name);
}
