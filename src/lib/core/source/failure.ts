// What can go wrong with connections and loads, as facts; the words are in ui/explain-load.ts. No value of a record is among them.
import type { SilentReason } from './asked.ts';
import type { InvalidConnection } from './connection-problem.ts';

/** What is wrong with an answer. `unreadable`: cut off, or not of its format. */
export type PageProblem =
	| { readonly problem: 'unreadable'; readonly format: string; readonly reason: string }
	| { readonly problem: 'html' }
	| { readonly problem: 'error-inside'; readonly path: string }
	| { readonly problem: 'no-records'; readonly path: string | null }
	| { readonly problem: 'too-large'; readonly limitBytes: number };

export type LoopRule = 'same-page' | 'same-cursor' | 'too-many-pages' | 'empty-pages';

/** What the edge does not ask for anybody. `asked` is where the source led, or the source itself. */
export type RelayFailure =
	| {
			readonly kind: 'relay-refused';
			readonly source: string;
			readonly asked: string;
			readonly reason: RelayReason;
	  }
	/** The edge asks no source for anybody. */
	| { readonly kind: 'relay-off'; readonly source: string }
	/** This device has no edge. */
	| { readonly kind: 'relay-needs-sync'; readonly source: string };
export type RelayReason = 'url' | 'scheme' | 'userinfo' | 'clear' | 'host' | 'port' | 'name' | 'address' | 'not-named';

export type ConnectionFailure =
	| RelayFailure
	| InvalidConnection
	| { readonly kind: 'secret-missing'; readonly secret: string; readonly origin: string }
	| { readonly kind: 'source-silent'; readonly source: string; readonly reason: SilentReason }
	| { readonly kind: 'source-refused'; readonly source: string; readonly status: number; readonly page: number }
	| ({ readonly kind: 'source-answer'; readonly source: string; readonly page: number } & PageProblem)
	/** The next page is at an address that this connection was not told of. */
	| { readonly kind: 'source-leads-away'; readonly source: string; readonly origin: string }
	| { readonly kind: 'source-loops'; readonly source: string; readonly page: number; readonly rule: LoopRule }
	| { readonly kind: 'source-short'; readonly source: string; readonly total: number; readonly read: number }
	| { readonly kind: 'source-busy'; readonly source: string; readonly waitMs: number }
	| { readonly kind: 'no-mark'; readonly field: string; readonly page: number }
	| { readonly kind: 'mark-too-coarse'; readonly field: string; readonly limit: number }
	| {
			readonly kind: 'load-drift';
			readonly dataset: string;
			readonly added: readonly string[];
			readonly mayAsk: boolean;
	  }
	| { readonly kind: 'load-busy'; readonly connection: string }
	| { readonly kind: 'load-unfinished'; readonly connection: string }
	/** The version that said how far it is loaded was let go. */
	| { readonly kind: 'load-forgotten'; readonly connection: string; readonly dataset: string };
