// A text that is edited, with an undo stack of its own. A burst of typing is one step.

const BURST_MS = 600;
const STEPS_MAX = 200;

export class TextUndo {
	#text = $state('');
	#past = $state.raw<readonly string[]>([]);
	#future = $state.raw<readonly string[]>([]);
	#typedAtMs = -Infinity;
	readonly #now: () => number;
	readonly #changed: () => void;

	/** `changed` is told after each change, however it came. */
	constructor(text: string, now: () => number, changed: () => void) {
		this.#text = text;
		this.#now = now;
		this.#changed = changed;
	}

	get text(): string {
		return this.#text;
	}
	get canUndo(): boolean {
		return this.#past.length > 0;
	}
	get canRedo(): boolean {
		return this.#future.length > 0;
	}

	type(text: string): void {
		if (text === this.#text) return;
		const now = this.#now();
		if (now - this.#typedAtMs > BURST_MS) this.#remember();
		this.#typedAtMs = now;
		this.#become(text);
	}

	/** An edit that is a step by itself. */
	set(text: string): void {
		if (text === this.#text) return;
		this.#remember();
		this.#typedAtMs = -Infinity;
		this.#become(text);
	}

	undo(): void {
		const before = this.#past.at(-1);
		if (before === undefined) return;
		this.#past = this.#past.slice(0, -1);
		this.#future = [...this.#future, this.#text];
		this.#typedAtMs = -Infinity;
		this.#become(before);
	}

	redo(): void {
		const after = this.#future.at(-1);
		if (after === undefined) return;
		this.#future = this.#future.slice(0, -1);
		this.#past = [...this.#past, this.#text];
		this.#typedAtMs = -Infinity;
		this.#become(after);
	}

	#remember(): void {
		this.#past = [...this.#past.slice(1 - STEPS_MAX), this.#text];
		this.#future = [];
	}

	#become(text: string): void {
		this.#text = text;
		this.#changed();
	}
}
