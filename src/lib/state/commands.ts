// Everything the page can be told to do, once: the palette, the menus and the shortcuts all read this list.

export type Command = {
	readonly id: string;
	readonly title: string;
	/** Words besides the title that find it. */
	readonly keywords: string;
	/** Such as `Mod+K`; Mod is ⌘ on a Mac and Ctrl elsewhere. `''` for none. */
	readonly shortcut: string;
	readonly isEnabled: () => boolean;
	readonly run: () => void;
};
