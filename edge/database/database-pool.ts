// The connections of a workspace to one database server. The runtime binds a socket to whom opened it: a Worker opens one for a request, and a
// Durable Object for as long as it lives. It stores nothing.
import { DurableObject } from 'cloudflare:workers';
import { createEngine, type Answer, type Counts, type PutAsked, type RowsAsked, type Tables } from './engine.ts';
import { mysql } from './mysql/engine.ts';
import { postgres } from './postgres/engine.ts';
import type { Target } from './reach.ts';

export class DatabasePool extends DurableObject {
	readonly #engines = { postgres: createEngine(postgres), mysql: createEngine(mysql) };

	async tables(target: Target): Answer<Tables> {
		return this.#engines[target.server.engine].tables(target);
	}

	async lines(target: Target, asked: RowsAsked): Answer<ReadableStream<Uint8Array>> {
		return this.#engines[target.server.engine].lines(target, asked);
	}

	/** `rows` as a stream: what is told at once has a bound that they may exceed. */
	async put(target: Target, asked: Omit<PutAsked, 'rows'>, rows: ReadableStream<Uint8Array>): Answer<Counts> {
		return this.#engines[target.server.engine].put(target, { ...asked, rows: await new Response(rows).text() });
	}
}
