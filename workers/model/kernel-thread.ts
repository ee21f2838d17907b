// A thread of the page's that trainings may use.
import type { KernelThreadApi } from './api.ts';
import { help, type ThreadStart } from './kernel/thread.ts';

export function createKernelThread(): KernelThreadApi {
	return {
		attend: async (port) => {
			port.onmessage = ({ data }: MessageEvent<ThreadStart>) => help(data);
		}
	};
}
