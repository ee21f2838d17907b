// One part of a report that several measurements write: in the place of what it was, or at the end.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** `text` begins with its heading, a line with `## `. */
export function savePart(file: string, title: string, text: string): void {
	const path = join(import.meta.dirname, file);
	const before = existsSync(path) ? readFileSync(path, 'utf8') : `${title}\n`;
	const [heading = ''] = text.split('\n');
	const start = before.indexOf(heading);
	if (start < 0) return writeFileSync(path, `${before.trimEnd()}\n\n${text}`);
	const next = before.indexOf('\n## ', start + 1);
	writeFileSync(path, before.slice(0, start) + text + (next < 0 ? '' : before.slice(next)));
}
