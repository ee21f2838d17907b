// What can go wrong with connections and loads, as facts; the words are in ui/explain-load.ts. No value of a record is among them.
import type { SilentReason } from './asked.ts';
import type { databaseReasons } from '../contract/failure.ts';
import type { FilesFailure } from './files/failure.ts';
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
	/** This device has no edge that could ask. `source` is what a browser could ask itself; null where only an edge can. */
	| { readonly kind: 'no-server'; readonly source: string | null };
export type RelayReason = 'url' | 'scheme' | 'userinfo' | 'clear' | 'host' | 'port' | 'name' | 'address' | 'not-named';

export type DatabaseReason = (typeof databaseReasons)[number];

export type DatabaseFailure =
	/** `code` is a SQLSTATE, `words` are of the database, about names alone. */
	| {
			readonly kind: 'database-failed';
			readonly place: string;
			readonly reason: DatabaseReason;
			readonly code: string | null;
			readonly words: string | null;
	  }
	/** The server does not connect there for anybody. */
	| { readonly kind: 'database-not-allowed'; readonly place: string; readonly reason: string }
	| { readonly kind: 'database-unknown'; readonly place: string }
	/** Neither a table nor a query is chosen. */
	| { readonly kind: 'no-table-chosen'; readonly place: string }
	/** Rows do not follow one another by a column of this type. */
	| { readonly kind: 'mark-unordered'; readonly field: string; readonly type: string }
	/** All of its rows go in one request. */
	| { readonly kind: 'put-too-large'; readonly rowCount: number }
	/** The connection does not say that rows may be put back. */
	| { readonly kind: 'not-writable'; readonly connection: string };

export type ConnectionFailure =
	| RelayFailure
	| FilesFailure
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
	| DatabaseFailure
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
