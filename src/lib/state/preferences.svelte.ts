// What a person prefers on this device: the theme, and whether an import asks first.
import type { Effects } from '#lib/flows/effects.ts';

export type Theme = 'system' | 'light' | 'dark';

export class Preferences {
	#theme = $state<Theme>('system');
	#importsAsk = $state(true);
	readonly #effects: Effects;

	constructor(effects: Effects) {
		this.#effects = effects;
		const stored = localStorage.getItem('weir-theme');
		if (stored === 'light' || stored === 'dark') this.#theme = stored;
		matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#paint());
	}

	get theme(): Theme {
		return this.#theme;
	}
	/** Whether an import shows what Weir guessed before it reads. */
	get importsAsk(): boolean {
		return this.#importsAsk;
	}

	async load(): Promise<void> {
		const asks = await this.#effects.store.setting('imports-ask');
		if (asks.ok && asks.value === false) this.#importsAsk = false;
	}

	/** Kept in localStorage, where the page finds it before its first paint. */
	setTheme(theme: Theme): void {
		this.#theme = theme;
		if (theme === 'system') localStorage.removeItem('weir-theme');
		else localStorage.setItem('weir-theme', theme);
		this.#paint();
	}

	async setImportsAsk(asks: boolean): Promise<void> {
		this.#importsAsk = asks;
		await this.#effects.store.saveSetting('imports-ask', asks);
	}

	#paint(): void {
		const isDark =
			this.#theme === 'dark' || (this.#theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
		document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
	}
}
