// The prose of a report as a closed tree: what Markdown allows and no more. Nothing in it is markup; HTML is text, images are their words.
import type { Measure } from './report.ts';

export type ProseNode =
	| { readonly kind: 'heading'; readonly depth: 1 | 2 | 3 | 4 | 5 | 6; readonly children: readonly InlineNode[] }
	| { readonly kind: 'paragraph'; readonly children: readonly InlineNode[] }
	| { readonly kind: 'quote'; readonly children: readonly ProseNode[] }
	| {
			readonly kind: 'list';
			/** Null: with marks instead of numbers. */
			readonly start: number | null;
			readonly items: readonly { readonly isDone: boolean | null; readonly children: readonly ProseNode[] }[];
	  }
	| { readonly kind: 'code'; readonly language: string | null; readonly text: string }
	| {
			readonly kind: 'grid';
			readonly align: readonly ('left' | 'right' | 'center' | null)[];
			/** The first is the head. */
			readonly rows: readonly (readonly (readonly InlineNode[])[])[];
	  }
	| { readonly kind: 'rule' };

export type InlineNode =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'strong' | 'emphasis' | 'deleted'; readonly children: readonly InlineNode[] }
	| { readonly kind: 'code'; readonly text: string }
	/** `url` is http, https, mailto or `#…`. */
	| { readonly kind: 'link'; readonly url: string; readonly children: readonly InlineNode[] }
	| { readonly kind: 'break' }
	/** A number in the running text; `at` counts those of its block. */
	| { readonly kind: 'value'; readonly at: number };

/** `{{ daily.mean | .2f }}`: the first row's cell, or an aggregate as `{{ avg(sensors.reading) }}`. */
export type ProseValue = { readonly from: string; readonly value: Measure; readonly format: string | null };
