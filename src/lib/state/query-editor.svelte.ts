// One open named query: its text with an undo stack of its own, the values that are given to it, and the rows it answered.
import type { Plain } from '#core/document/edit-list.ts';
import { resultId } from '#core/ids.ts';
import type { Unkept } from '#core/query/cacheable.ts';
import { editParameter, editQuery, freeParameter, setParameterType } from '#core/query/edit-query.ts';
import { callText, givenOf, writtenOf } from '#core/query/given-text.ts';
import type { NamedQuery, Parameter, ParameterType } from '#core/query/named-query.ts';
import { parseQuery, type QueryProblem } from '#core/query/parse-query.ts';
import type { Result } from '#core/result.ts';
import type { SqlFailure } from '#core/sql/failure.ts';
import type { GridView } from '#core/sql/relation.ts';
import type { Column } from '#core/version/version.ts';
import { askQuery, type Asked, type AskQueryFailure } from '#lib/flows/ask-query.ts';
import type { DocumentItem } from '#lib/flows/list-documents.ts';
import { DocumentEditor, type EditorParts } from './document-editor.svelte.ts';

export type AskedRows = {
	readonly key: string;
	readonly columns: readonly Column[];
	readonly rowCount: number;
	readonly elapsedMs: number;
	readonly madeAtMs: number;
	readonly isFromCache: boolean;
	readonly unkept: Unkept | null;
};

const PLAIN: GridView = { orderBy: [], filters: [] };

export class QueryEditor extends DocumentEditor {
	/** The last text that was a query: its form stays while the text is being mended. */
	#query = $state.raw<NamedQuery | null>(null);
	#problems = $state.raw<readonly QueryProblem[]>([]);
	/** What was typed, by the names of parameters. */
	#written = $state.raw<ReadonlyMap<string, string>>(new Map());
	#running = $state.raw<AbortController | null>(null);
	#failure = $state.raw<AskQueryFailure | SqlFailure | null>(null);
	#asked = $state.raw<Asked | null>(null);
	#viewed = $state.raw<{ readonly key: string; readonly rowCount: number } | null>(null);
	#view = $state.raw<GridView>(PLAIN);

	constructor(item: DocumentItem, ...parts: EditorParts) {
		super(item, ...parts);
		this.textChanged();
	}

	get query(): NamedQuery | null {
		return this.#query;
	}
	get problems(): readonly QueryProblem[] {
		return this.#problems;
	}
	get isRunning(): boolean {
		return this.#running !== null;
	}
	get failure(): AskQueryFailure | SqlFailure | null {
		return this.#failure;
	}
	get view(): GridView {
		return this.#view;
	}
	get rows(): AskedRows | null {
		const asked = this.#asked;
		if (!asked) return null;
		const { id, columns, rowCount, elapsedMs, madeAtMs } = asked.held;
		const { isFromCache, unkept } = asked;
		const shown = this.#viewed ?? { key: id, rowCount };
		return { ...shown, columns, elapsedMs, madeAtMs, isFromCache, unkept };
	}
	/** Of the form, by the names of parameters. */
	get values(): Readonly<Record<string, unknown>> {
		return Object.fromEntries(
			(this.#query?.parameters ?? []).map((one) => [one.name, givenOf(one, this.written(one))])
		);
	}
	/** The call of `window.weir` that asks with the values of the form. */
	get code(): string {
		return callText(this.name, this.values);
	}

	written(parameter: Parameter): string {
		return this.#written.get(parameter.name) ?? writtenOf(parameter.default);
	}

	write(name: string, text: string): void {
		this.#written = new Map([...this.#written, [name, text]]);
	}

	set(key: string, value: Plain): void {
		this.#become(editQuery(this.text, key, value));
	}

	setParameter(name: string, members: Readonly<Record<string, Plain>> | null): void {
		this.#become(editParameter(this.text, name, members));
	}

	setType(name: string, type: ParameterType, isList: boolean): void {
		this.#become(setParameterType(this.text, name, type, isList));
	}

	addParameter(): void {
		const name = freeParameter(this.text);
		this.#become(editParameter(this.text, name, { type: 'text', required: false }));
	}

	/** Asks with the text as it stands, saved or not. */
	async ask(isFresh = false): Promise<void> {
		this.#running?.abort();
		const running = new AbortController();
		this.#running = running;
		this.#failure = null;
		const { name, text, values } = this;
		const asked = await askQuery({ name, text, values, isFresh, signal: running.signal }, this.effects);
		if (this.#running !== running) {
			if (asked.ok) asked.value.done();
			return;
		}
		this.#running = null;
		this.#letGo();
		if (asked.ok) this.#asked = asked.value;
		else this.#failure = asked.error;
	}

	cancel(): void {
		this.#running?.abort();
	}

	readonly readWindow = async (
		startRow: number,
		endRow: number
	): Promise<Result<Uint8Array<ArrayBuffer>, SqlFailure>> => {
		const key = this.#viewed?.key ?? this.#asked?.held.id ?? '';
		return this.effects.engine.window(resultId(key), startRow, endRow);
	};

	async arrange(view: GridView): Promise<void> {
		const asked = this.#asked;
		if (!asked) return;
		const viewId = resultId(`query-view-${this.effects.randomId()}`);
		const isPlain = view.orderBy.length === 0 && view.filters.length === 0;
		const arranged = isPlain ? null : await this.effects.engine.view(asked.held.id, viewId, view, () => undefined);
		if (this.#asked !== asked) return this.effects.engine.release(viewId);
		if (arranged && !arranged.ok) {
			this.#failure = arranged.error;
			return;
		}
		this.#dropView();
		this.#view = view;
		this.#viewed = arranged && { key: viewId, rowCount: arranged.value.rowCount };
	}

	/** The engine was started again, without the rows. */
	forgetRows(): void {
		this.#letGo();
	}

	override close(): void {
		this.#running?.abort();
		this.#running = null;
		this.#letGo();
	}

	protected textChanged(): void {
		const parsed = parseQuery(this.text);
		if (parsed.ok) this.#query = parsed.value;
		this.#problems = parsed.ok ? [] : parsed.error.problems;
	}

	#become(text: string): void {
		const isYaml = !this.#problems.some(({ code }) => code === 'yaml-syntax');
		this.become(text, isYaml);
	}

	#letGo(): void {
		this.#dropView();
		this.#asked?.done();
		this.#asked = null;
	}

	#dropView(): void {
		if (this.#viewed) void this.effects.engine.release(resultId(this.#viewed.key));
		this.#viewed = null;
		this.#view = PLAIN;
	}
}
