// In Node: a thread that helps with trainings, as workers/model/kernel.worker.ts is in the page.
import { parentPort } from 'node:worker_threads';
import { help, type ThreadStart } from '#workers/model/kernel/thread.ts';

parentPort?.on('message', (given: ThreadStart) => help(given));
parentPort?.postMessage('up');
