// Shortcuts as people see and press them.

const isMac = (): boolean => /Mac|iPhone|iPad/.test(navigator.platform);

/** `Mod+Shift+Z` as people see it: `⇧⌘Z` or `Ctrl+Shift+Z`. */
export function shortcutText(shortcut: string): string {
	if (!isMac()) return shortcut.replace('Mod', 'Ctrl');
	const signs: Readonly<Record<string, string>> = { Mod: '⌘', Shift: '⇧', Alt: '⌥', Enter: '↵' };
	return shortcut
		.split('+')
		.map((key) => signs[key] ?? key)
		.join('');
}

/** Whether a key press is the shortcut. Letters are compared without case. */
export function matchesShortcut(shortcut: string, event: KeyboardEvent): boolean {
	if (shortcut === '') return false;
	const keys = shortcut.split('+');
	const key = keys.at(-1) ?? '';
	const mod = isMac() ? event.metaKey : event.ctrlKey;
	return (
		(event.key.toLowerCase() === key.toLowerCase() || isKeyBelow(key, event)) &&
		mod === keys.includes('Mod') &&
		event.altKey === keys.includes('Alt') &&
		// `?` needs Shift on most keyboards.
		(key === '?' || event.shiftKey === keys.includes('Shift'))
	);
}

/** With Alt a Mac types another letter (`⌥N` is `˜`), so there the key itself counts. */
function isKeyBelow(key: string, event: KeyboardEvent): boolean {
	return event.altKey && /^[a-z]$/i.test(key) && event.code === `Key${key.toUpperCase()}`;
}
