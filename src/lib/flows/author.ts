// The name that a person signs versions with: kept in the workspace, empty unless they gave one.
import { err, ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Effects } from './effects.ts';

export const AUTHOR_MAX_LENGTH = 80;
const AUTHOR_KEY = 'author';

export type AuthorFailure = StoreFailure | { readonly kind: 'invalid-author'; readonly rule: 'too-long' | 'control' };

/** Empty when nobody gave one. */
export async function readAuthor(effects: Pick<Effects, 'store'>): Promise<Result<string, StoreFailure>> {
	const stored = await effects.store.setting(AUTHOR_KEY);
	return stored.ok ? ok(typeof stored.value === 'string' ? stored.value : '') : stored;
}

/** Signs versions from now on; those that are there stay as they are. Empty signs none. */
export async function setAuthor(name: string, effects: Pick<Effects, 'store'>): Promise<Result<string, AuthorFailure>> {
	const author = name.trim().replaceAll(/ +/g, ' ');
	if (author.length > AUTHOR_MAX_LENGTH) return err({ kind: 'invalid-author', rule: 'too-long' });
	if (/\p{C}/u.test(author)) return err({ kind: 'invalid-author', rule: 'control' });
	const saved = await effects.store.saveSetting(AUTHOR_KEY, author);
	return saved.ok ? ok(author) : saved;
}

/** What a manifest has of it: nothing when there is none, so that it has the id it would have had. */
export async function signature(
	effects: Pick<Effects, 'store'>
): Promise<Result<{ readonly author?: string }, StoreFailure>> {
	const author = await readAuthor(effects);
	return author.ok ? ok(author.value === '' ? {} : { author: author.value }) : author;
}
