// The engine Worker: answers the edge alone, by a binding; no address leads to it.
import { WorkerEntrypoint } from 'cloudflare:workers';
import { IsolateEngine } from './engine.ts';
import type { EngineEnv } from './limits.ts';
import type { Engine, EngineAnswer, EngineQuestion } from './question.ts';

/** One of an isolate, made at its first question. */
let engine: IsolateEngine | undefined;

export class EngineEntrypoint extends WorkerEntrypoint<EngineEnv> implements Engine {
	async ask(question: EngineQuestion): Promise<EngineAnswer> {
		engine ??= new IsolateEngine(this.env);
		const asked = engine.ask(question);
		// Whoever asked may go away; the engine ends what it began.
		this.ctx.waitUntil(asked.catch(() => undefined));
		return asked;
	}
}

// workerd takes the default export as the Worker.
export default {
	fetch: () => new Response('Not found\n', { status: 404 })
};
