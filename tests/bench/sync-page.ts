// The page that `npm run bench:sync` starts its worker from.
import sealUrl from './sync-seal.ts?worker&url';
import type { SealTimes } from './sync-seal.ts';

async function measureSeal(): Promise<readonly SealTimes[]> {
	const worker = new Worker(sealUrl, { type: 'module' });
	return new Promise((resolve, reject) => {
		worker.onmessage = ({ data }: MessageEvent<readonly SealTimes[]>) => resolve(data);
		worker.onerror = ({ message }) => reject(new Error(message));
		worker.postMessage('begin');
	});
}

Object.assign(globalThis, { bench: { measureSeal } });
