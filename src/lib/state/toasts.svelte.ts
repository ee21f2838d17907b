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

	get list(): readonly Toast[] {
		return this.#list;
	}

	/** Goes by itself after a while. */
	show(tone: 'good' | 'plain', title: string, detail = '', ...actions: readonly ToastAction[]): void {
		const id = this.#add({ tone, title, detail, failure: null, actions });
		setTimeout(() => this.close(id), SHOWN_MS);
	}

	/** Stays until it is closed. */
	fail(failure: Failure): void {
		if (failure.kind === 'cancelled') this.show('plain', 'Cancelled');
		else this.#add({ tone: 'bad', title: '', detail: '', failure, actions: [] });
	}

	close(id: number): void {
		this.#list = this.#list.filter((toast) => toast.id !== id);
	}

	#add(toast: Omit<Toast, 'id'>): number {
		const id = this.#next++;
		this.#list = [...this.#list.slice(-3), { ...toast, id }];
		return id;
	}
}
