// Short notes at the edge of the page, with what can be done about it, such as Undo.
import type { Failure } from '#core/failure.ts';

export type ToastAction = { readonly label: string; readonly run: () => void };

export type Toast = {
	readonly id: number;
	readonly tone: 'good' | 'plain' | 'bad';
	readonly title: string;
	readonly detail: string;
	/** Said in words by whoever shows it; `title` is empty then. */
	readonly failure: Failure | null;
	readonly actions: readonly ToastAction[];
};

const SHOWN_MS = 8000;

export class Toasts {
	#list = $state.raw<readonly Toast[]>([]);
	#next = 1;
	#isHeld = false;
	/** Notes that go by themselves; the timer is null while they are held. */
	readonly #timers = new Map<number, ReturnType<typeof setTimeout> | null>();

	get list(): readonly Toast[] {
		return this.#list;
	}

	/** Goes by itself after a while, and not while `hold` lasts; bad news stays until it is closed. */
	show(tone: Toast['tone'], title: string, detail = '', ...actions: readonly ToastAction[]): void {
		const id = this.#add({ tone, title, detail, failure: null, actions });
		if (tone !== 'bad') this.#start(id);
	}

	/** Stays until it is closed. */
	fail(failure: Failure): void {
		if (failure.kind === 'cancelled') this.show('plain', 'Cancelled');
		else this.#add({ tone: 'bad', title: '', detail: '', failure, actions: [] });
	}

	/** While somebody points at a note, or has the focus in one, none goes by itself. */
	hold(isHeld: boolean): void {
		if (isHeld === this.#isHeld) return;
		this.#isHeld = isHeld;
		for (const id of [...this.#timers.keys()]) this.#start(id);
	}

	close(id: number): void {
		clearTimeout(this.#timers.get(id) ?? undefined);
		this.#timers.delete(id);
		this.#list = this.#list.filter((toast) => toast.id !== id);
		// A closed note takes pointer and focus with it, and no event says that they left.
		this.hold(false);
	}

	#start(id: number): void {
		clearTimeout(this.#timers.get(id) ?? undefined);
		this.#timers.set(id, this.#isHeld ? null : setTimeout(() => this.close(id), SHOWN_MS));
	}

	#add(toast: Omit<Toast, 'id'>): number {
		const id = this.#next++;
		this.#list = [...this.#list.slice(-3), { ...toast, id }];
		return id;
	}
}
