// Why something cannot be named so, in words; empty where it can.
import { parseDatasetName } from '#core/version/dataset-name.ts';
import { explain } from '../explain.ts';

export function nameProblem(name: string): string {
	const parsed = parseDatasetName(name);
	return parsed.ok ? '' : explain(parsed.error).detail;
}
