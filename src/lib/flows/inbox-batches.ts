// Which items of an inbox are read together: objects and lines of JSON are one source, each file is its own.
import type { IngestFormat } from '../core/ingest/options.ts';
import type { ItemContent } from '../core/sync/inbox-item.ts';
import type { Source } from './ingest-source.ts';

export type OpenedItem = { readonly key: string; readonly content: ItemContent };
export type InboxBatch = {
	readonly keys: readonly string[];
	readonly source: Source;
	/** What its sender says it is; null where that is to be found out. */
	readonly format: IngestFormat | null;
};

/** Beyond it, the next item begins another version. */
const BATCH_BYTES = 16 * 1024 * 1024;

const formatByType: Readonly<Record<string, IngestFormat>> = {
	'application/json': 'json',
	'text/csv': 'csv',
	'application/vnd.apache.parquet': 'parquet',
	'application/vnd.apache.arrow.file': 'arrow'
};

/** In their order. */
export function planBatches(items: readonly OpenedItem[]): readonly InboxBatch[] {
	const batches: InboxBatch[] = [];
	let open: { readonly keys: string[]; readonly lines: string[]; sizeBytes: number } | null = null;
	const close = (): void => {
		if (open) {
			const source = blobSource('inbox.ndjson', [open.lines.join('')]);
			batches.push({ keys: open.keys, source, format: 'ndjson' });
		}
		open = null;
	};
	for (const { key, content } of items) {
		const lines = linesOf(content);
		if (lines === null) {
			close();
			const format = content.name === null ? (formatByType[content.type] ?? null) : null;
			const name = content.name ?? (format === null ? 'inbox' : `inbox.${format}`);
			batches.push({ keys: [key], source: blobSource(name, [content.bytes]), format });
			continue;
		}
		if (open && open.sizeBytes + lines.length > BATCH_BYTES) close();
		open ??= { keys: [], lines: [], sizeBytes: 0 };
		open.keys.push(key);
		open.lines.push(lines);
		open.sizeBytes += lines.length;
	}
	close();
	return batches;
}

/** Each row a line of JSON; null for what is a file of its own. */
function linesOf({ type, name, bytes }: ItemContent): string | null {
	if (name !== null) return null;
	const text = (): string => new TextDecoder().decode(bytes);
	switch (type) {
		case 'application/json':
			return objectLine(text());
		case 'application/x-ndjson': {
			const lines = text();
			return lines.endsWith('\n') ? lines : `${lines}\n`;
		}
		case 'application/x-www-form-urlencoded':
			return `${JSON.stringify(Object.fromEntries(new URLSearchParams(text())))}\n`;
		case 'text/plain':
			return objectLine(text()) ?? `${JSON.stringify({ text: text() })}\n`;
		default:
			return null;
	}
}

/** An object in one line, as it was written but for its line breaks: numbers keep all their digits. */
function objectLine(text: string): string | null {
	if (!text.trimStart().startsWith('{')) return null;
	try {
		JSON.parse(text);
	} catch {
		// Read as a file, so that the reader says where it breaks.
		return null;
	}
	return `${text.replaceAll(/[\r\n]+/g, ' ').trim()}\n`;
}

function blobSource(name: string, pieces: readonly BlobPart[]): Source {
	return { kind: 'blob', name, blob: new Blob([...pieces]) };
}
