// Tells a source's format from its first bytes, and from its name only where bytes leave it open.
import { strFromU8 } from 'fflate';
import { guessEncoding } from './guess-encoding.ts';
import type { IngestFormat } from './options.ts';

const magics: readonly (readonly [string, IngestFormat | 'xls' | 'sqlite-log' | 'unknown'])[] = [
	['PAR1', 'parquet'],
	['PARE', 'parquet'],
	['ARROW1', 'arrow'],
	['\u00ff\u00ff\u00ff\u00ff', 'arrow'],
	['FEA1', 'arrow'],
	['PK\u0003\u0004', 'excel'],
	['\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1', 'xls'],
	['%PDF-', 'unknown'],
	['\u0089PNG', 'unknown'],
	['GIF8', 'unknown'],
	['\u00ff\u00d8\u00ff', 'unknown'],
	['SQLite format 3\0', 'sqlite'],
	['7\u007f\u0006\u0082', 'sqlite-log'],
	['7\u007f\u0006\u0083', 'sqlite-log'],
	['\u00d9\u00d5\u0005\u00f9\u0020\u00a1\u0063\u00d7', 'sqlite-log'],
	['7z\u00bc\u00af', 'unknown'],
	['Rar!', 'unknown'],
	['\u0028\u00b5\u002f\u00fd', 'unknown'],
	['\u007fELF', 'unknown'],
	['BZh', 'unknown'],
	['\u001f\u008b', 'unknown']
];

/**
 * `xls` is the spreadsheet format of before 2007, `html` a web page, which servers answer with where they have no file, `sqlite-log` what
 * stands beside a database. `head` is uncompressed.
 */
export function guessFormat(head: Uint8Array, name: string): IngestFormat | 'xls' | 'html' | 'sqlite-log' | 'unknown' {
	const magic = magics.find(([text]) => startsWith(head, text));
	if (magic) return magic[1];
	const bare = name.toLowerCase().replace(/\.gz$/, '');
	if (/\.(ndjson|jsonl)$/.test(bare)) return 'ndjson';
	const { encoding, markLength } = guessEncoding(head.subarray(0, 4096), false);
	// An encrypted database shows nothing of its format.
	if (!/^utf-16/.test(encoding) && isBinary(head.subarray(0, 4096)))
		return /\.(sqlite3?|s3db|sl3)$/.test(bare) ? 'sqlite' : 'unknown';
	if (looksLikeHtml(head)) return 'html';
	if (/\.(csv|tsv|tab|psv)$/.test(bare)) return 'csv';
	if (/\.log(\.\d+)?$/.test(bare) && areMostlyObjects(head)) return 'ndjson';
	return looksLikeJson(head, markLength, encoding) ? 'json' : 'csv';
}

function looksLikeHtml(head: Uint8Array): boolean {
	const text = String.fromCharCode(...head.subarray(0, 512)).toLowerCase();
	return /^(\u00ef\u00bb\u00bf)?\s*(<!--[^]*?-->\s*)?<(!doctype html|html|head)[\s>]/.test(text);
}

function startsWith(bytes: Uint8Array, text: string): boolean {
	if (bytes.length < text.length) return false;
	for (let index = 0; index < text.length; index++) if (bytes[index] !== text.charCodeAt(index)) return false;
	return true;
}

/** What texts hold besides letters: tabs, line ends, page breaks, and two separators. */
const usedInTexts: ReadonlySet<number> = new Set([1, 9, 10, 11, 12, 13, 31]);

/** Text has few control characters; a stray NUL in a long text is no reason to refuse it. */
function isBinary(bytes: Uint8Array): boolean {
	let control = 0;
	for (const byte of bytes) if (byte < 32 && !usedInTexts.has(byte)) control++;
	return control > 4 && control > bytes.length * 0.05;
}

const LOG_LINES = 50;

/** Of a log: what is no JSON, such as what a program says when it begins, is told line by line. */
function areMostlyObjects(head: Uint8Array): boolean {
	const lines = strFromU8(head.subarray(0, 256 * 1024), true).split('\n');
	const told = lines.filter((line) => line.trim() !== '').slice(0, LOG_LINES);
	return told.length > 0 && told.filter((line) => /^\s*\{\s*["}]/.test(line)).length * 2 >= told.length;
}

/** A bracket first, and then what may follow it: `{x}` or `[1] see below` is text. */
function looksLikeJson(head: Uint8Array, markLength: number, encoding: string): boolean {
	let text = '';
	const wide = /^utf-16/.test(encoding);
	for (let at = markLength; at < Math.min(head.length, markLength + 4096); at++) {
		const byte = head[at] ?? 0;
		if (!wide || byte !== 0) text += String.fromCharCode(byte);
	}
	const bare = text.replace(/^(\s|\/\/[^\n]*\n|\/\*[\s\S]*?\*\/)+/, '');
	return /^(\{\s*("|\}|\/)|\[\s*([[{"\]\-\d]|true|false|null|NaN|\/|$))/.test(bare);
}
