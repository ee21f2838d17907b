// What a person gives to open the workspace.
export type OpenerText = { readonly by: 'passphrase' | 'words' | 'passkey'; readonly text: string };

export const noOpener: OpenerText = { by: 'passphrase', text: '' };

export function isGiven({ by, text }: OpenerText): boolean {
	return by === 'passkey' || text.trim() !== '';
}

/** As flows take it. */
export function openerOf({ by, text }: OpenerText): {
	readonly passphrase?: string;
	readonly words?: string;
	readonly passkey?: boolean;
} {
	if (by === 'passkey') return { passkey: true };
	return by === 'words' ? { words: text } : { passphrase: text };
}
