// A page's threads, each with a way to speak to its inspector.
import type { CDPSession } from 'playwright';

export type Thread = { readonly name: string; readonly send: (method: string, params?: object) => Promise<unknown> };

/** The page's workers as they come. */
export async function attachWorkers(session: CDPSession): Promise<Map<string, Thread>> {
	const workers = new Map<string, Thread>();
	const waiting = new Map<string, (answer: { result?: unknown; error?: unknown }) => void>();
	let last = 0;
	session.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
		const answer = JSON.parse(message) as { id?: number; result?: unknown; error?: unknown };
		waiting.get(`${sessionId} ${answer.id}`)?.(answer);
	});
	session.on('Target.detachedFromTarget', ({ sessionId }) => workers.delete(sessionId));
	session.on('Target.attachedToTarget', ({ sessionId, targetInfo }) => {
		if (targetInfo.type !== 'worker') return;
		workers.set(sessionId, {
			name: targetInfo.url,
			send: (method, params = {}) =>
				new Promise((resolve, reject) => {
					const id = ++last;
					waiting.set(`${sessionId} ${id}`, ({ result, error }) => {
						waiting.delete(`${sessionId} ${id}`);
						if (error) reject(new Error(JSON.stringify(error)));
						else resolve(result);
					});
					void session.send('Target.sendMessageToTarget', {
						sessionId,
						message: JSON.stringify({ id, method, params })
					});
				})
		});
	});
	await session.send('Target.setAutoAttach', { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
	return workers;
}
