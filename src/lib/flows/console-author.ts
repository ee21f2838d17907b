// The console's verbs for the name that versions are signed with.
import { readAuthor, setAuthor } from './author.ts';
import { invalid } from './console-values.ts';
import type { WeirConsole } from './console-types.ts';
import type { Effects } from './effects.ts';

export function authorVerbs(effects: Effects): Pick<WeirConsole, 'author' | 'setAuthor'> {
	return {
		author: () => readAuthor(effects),
		setAuthor: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a name, or an empty text for none');
			return setAuthor(name, effects);
		}
	};
}
