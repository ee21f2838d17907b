// What a person prefers on this device: the theme, whether an import asks first, whether tables are stored smaller at once, and the
// name that versions are signed with.
import { readAuthor, setAuthor } from '#lib/flows/author.ts';
import type { Effects } from '#lib/flows/effects.ts';
import type { Toasts } from './toasts.svelte.ts';

export type Theme = 'system' | 'light' | 'dark';

export class Preferences {
	#theme = $state<Theme>('system');
	#importsAsk = $state(true);
	#author = $state('');
	#optimises = $state(false);
	readonly #effects: Effects;
	readonly #toasts: Toasts;

	constructor(effects: Effects, toasts: Toasts) {
		this.#effects = effects;
		this.#toasts = toasts;
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

	/** What versions are signed with; empty when there is no name. */
	get author(): string {
		return this.#author;
	}

	/** Whether imports and saved queries narrow columns where nothing is lost by it. */
	get optimises(): boolean {
		return this.#optimises;
	}

	async load(): Promise<void> {
		const optimises = await this.#effects.store.setting('optimise-storage');
		if (optimises.ok && optimises.value === true) this.#optimises = true;
		const author = await readAuthor(this.#effects);
		if (author.ok) this.#author = author.value;
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

	async setAuthor(name: string): Promise<void> {
		const author = await setAuthor(name, this.#effects);
		if (author.ok) this.#author = author.value;
		else this.#toasts.fail(author.error);
	}

	async setOptimises(optimises: boolean): Promise<void> {
		this.#optimises = optimises;
		await this.#effects.store.saveSetting('optimise-storage', optimises);
	}

	#paint(): void {
		const isDark =
			this.#theme === 'dark' || (this.#theme === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
		document.documentElement.dataset['theme'] = isDark ? 'dark' : 'light';
	}
}
