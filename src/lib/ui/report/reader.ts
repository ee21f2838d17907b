// What a reader of a report can do to it.
import type { ChartSpan } from '#core/report/chart-span.ts';
import type { EditionTable } from '#core/report/edition.ts';
import type { NumberPlace } from '#core/report/number-rows.ts';
import type { Block, ChartBlock, InputBlock, InputValue } from '#core/report/report.ts';

export type Reader = {
	/** Left out where nothing can be chosen in inputs. */
	readonly choose?: (input: InputBlock, value: InputValue) => void;
	/** Left out where that goes for every input. */
	readonly canChoose?: (input: InputBlock) => boolean;
	/** Ends that were typed stay as they are. */
	readonly brush: (block: ChartBlock, span: ChartSpan | null, isTyped?: boolean) => void;
	/** The pointer or the focus comes into a chart or an input, or leaves it. */
	readonly enter: (block: ChartBlock | InputBlock) => void;
	readonly leave: () => void;
	readonly spanOf: (block: ChartBlock) => ChartSpan | null;
	/** Left out where the rows behind a number are not at hand. */
	readonly explain?: (at: NumberPlace) => void;
	/** What who writes the report should know of a block. */
	readonly notes?: (block: Block, table: EditionTable) => readonly string[];
};
