// What of the last run misses its goal, and why: written by hand below the figures, and kept when those are written anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const HEADING = '## What misses its goal, and why';

/** Lines of `file`, from the heading on. */
export function notesOf(file: string): readonly string[] {
	const text = readFileSync(join(import.meta.dirname, file), 'utf8');
	const at = text.indexOf(HEADING);
	return at < 0 ? [] : [text.slice(at)];
}
