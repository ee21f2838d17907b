// What a ready-made example is: of which stage, what opening it brings in, and where it is then looked at.
import type { DocumentKind } from '../document/document.ts';

/** In the order of the path of data. */
export const exampleStages = [
	'source',
	'ingest',
	'store',
	'transform',
	'pipeline',
	'query',
	'lineage',
	'version',
	'model',
	'report',
	'check',
	'recover'
] as const;
export type ExampleStage = (typeof exampleStages)[number];

/** In order; what is there already by its name is left as it is. */
export type ExampleStep =
	/** By the sample's id. */
	| { readonly do: 'sample'; readonly sample: string }
	/** Rows of a query as a dataset, and what is then done to it, each a version. `baseline` is pinned before the changes. */
	| {
			readonly do: 'dataset';
			readonly name: string;
			readonly sql: string;
			readonly key?: readonly string[];
			readonly pinsBaseline?: boolean;
			readonly changes?: readonly string[];
	  }
	| { readonly do: 'document'; readonly kind: DocumentKind; readonly name: string; readonly text: string }
	/** `text` is told where Weir itself is served from. */
	| { readonly do: 'connection'; readonly name: string; readonly text: (origin: string) => string }
	/** A saved suite asked about the newest version of a dataset. */
	| { readonly do: 'check'; readonly suite: string; readonly dataset: string }
	/** Whatever it ends with. */
	| { readonly do: 'run'; readonly pipeline: string };

/** Where the page then goes. */
export type ExamplePlace =
	/** Among the connections, where it is loaded. */
	| { readonly at: 'source'; readonly connection: string }
	| { readonly at: 'dataset'; readonly dataset: string }
	| { readonly at: 'optimise'; readonly dataset: string }
	/** The newest version of it against the one before. */
	| { readonly at: 'compare'; readonly dataset: string }
	| { readonly at: 'recipe'; readonly recipe: string }
	| { readonly at: 'pipeline'; readonly pipeline: string }
	/** Asked with what its parameters are by themselves. */
	| { readonly at: 'query'; readonly query: string }
	| { readonly at: 'report'; readonly report: string }
	| { readonly at: 'lineage'; readonly dataset: string }
	| { readonly at: 'drift'; readonly dataset: string }
	/** The training form, filled in. */
	| { readonly at: 'train'; readonly sample: string };

export type Example = {
	readonly stage: ExampleStage;
	readonly title: string;
	/** What is seen, in a sentence or two. */
	readonly about: string;
	/** What to try next, where it is looked at. */
	readonly next: string;
	readonly steps: readonly ExampleStep[];
	readonly place: ExamplePlace;
};
