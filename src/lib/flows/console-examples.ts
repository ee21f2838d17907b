// The console's verb for ready-made examples.
import { exampleStages } from '../core/examples/example.ts';
import { examples } from '../core/examples/examples.ts';
import { ok } from '../core/result.ts';
import type { ExampleConsole } from './console-example-types.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { openExample } from './open-example.ts';

export function exampleVerbs(effects: Effects): ExampleConsole {
	return {
		openExample: async (stage, { signal } = {}) => {
			const example = examples.find((one) => one.stage === stage);
			if (!example) return invalid('stage', exampleStages.join(', '));
			const opened = await openExample({ example, signal }, effects);
			return opened.ok ? ok({ place: example.place, next: example.next }) : opened;
		}
	};
}
