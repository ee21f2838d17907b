// The console's verbs for sharing rendered reports.
import type { Edition } from '../core/report/edition.ts';
import type { ShareConsole } from './console-share-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { listEditions, openEdition, removeEdition } from './kept-editions.ts';
import { fileOfEdition, linkOfEdition, listShares, revokeShare, shareEdition } from './share-edition.ts';

export function shareVerbs(effects: Effects): ShareConsole {
	return {
		shareEdition: async (edition, options = {}) => {
			if (!isEdition(edition)) return invalid('edition', 'an edition of a report');
			const { passphrase, expiresInDays, views, canFilter, signal, onProgress } = options;
			if (passphrase !== undefined && typeof passphrase !== 'string') return invalid('passphrase', 'a text');
			return shareEdition(
				{ packed: edition, passphrase, expiresInDays, views, canFilter, signal, onProgress },
				effects
			);
		},
		linkEdition: async (edition, options = {}) =>
			isEdition(edition) ? linkOfEdition(edition, effects, options) : invalid('edition', 'an edition of a report'),
		exportReport: async (edition, options = {}) =>
			isEdition(edition) ? fileOfEdition(edition, effects, options) : invalid('edition', 'an edition of a report'),
		shares: () => listShares(effects),
		editions: async (report) =>
			report === undefined || typeof report === 'string'
				? listEditions(report ?? null, effects)
				: invalid('report', 'the name of a report'),
		openEdition: async (id) =>
			typeof id === 'string' ? openEdition(id, effects) : invalid('id', 'as editions() tells it'),
		removeEdition: async (id) =>
			typeof id === 'string' ? removeEdition(id, effects) : invalid('id', 'as editions() tells it'),
		revokeShare: async (share) =>
			typeof share === 'string' ? revokeShare(share, effects) : invalid('share', 'its id, as shares() tells it')
	};
}

/** As far as a slip of a script goes: whoever makes one up shares what they made up. */
function isEdition(value: unknown): value is Edition {
	const { blocks, sources } = (typeof value === 'object' && value !== null ? value : {}) as Partial<Edition>;
	return Array.isArray(blocks) && Array.isArray(sources);
}
