// What `window.weir` offers for sources: connections, and what is loaded from them.
import type { Failure } from '../core/failure.ts';
import type { Result } from '../core/result.ts';
import type { InvalidArgument } from './console-answer.ts';
import type { NeededSecret } from './connections.ts';
import type { PutBackPlan, PutBackReport } from './put-back.ts';
import type { LoadReport } from './load-connection.ts';
import type { ConnectionTest } from './test-connection.ts';

type Answer<T> = Promise<Result<T, Failure | InvalidArgument>>;

export type ConnectionFacts = {
	readonly name: string;
	readonly text: string;
	/** The text can be read. */
	readonly isValid: boolean;
	readonly secrets: readonly NeededSecret[];
};

export type SourceConsole = {
	/** Keeps a connection, or its next version. Secrets stay on this device. */
	connect(
		name: string,
		text: string,
		options?: { readonly secrets?: Readonly<Record<string, string>>; readonly message?: string }
	): Answer<{ readonly name: string; readonly isChanged: boolean }>;
	connections(): Answer<readonly ConnectionFacts[]>;
	/** Asks for one page, and tries what a load would do with it; nothing is kept. */
	testConnection(
		name: string,
		options?: {
			/** Instead of the text that is kept. */
			readonly text?: string;
			readonly secrets?: Readonly<Record<string, string>>;
			readonly signal?: AbortSignal;
		}
	): Answer<ConnectionTest>;
	loadConnection(name: string, options?: { readonly signal?: AbortSignal }): Answer<LoadReport>;
	/** What would be put where; nothing is changed. */
	planPutBack(name: string, dataset: string): Answer<PutBackPlan>;
	/** Rows of a dataset, or of `name@version`, into the table of a connection that says `write: true`. */
	putBack(name: string, dataset: string, options?: { readonly signal?: AbortSignal }): Answer<PutBackReport>;
	forgetSecrets(name: string): Answer<void>;
};
