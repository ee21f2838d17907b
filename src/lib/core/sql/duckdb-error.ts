// Reads what DuckDB throws, under `errors_as_json`, into a failure of ours.
import type { SqlFailure } from './failure.ts';

/** What became of a statement's text before the engine saw it. */
export type ErrorOrigin = {
	/** The text the engine was given. */
	readonly sql: string;
	/** A UTF-16 position in `sql` as one in the text that was asked for; null where that has none. */
	readonly toOriginal: (position: number) => number | null;
};

const trap =
	/memory access out of bounds|unreachable|table index is out of bounds|null function or function signature|indirect call|Maximum call stack|divide by zero in wasm|cannot start a transaction within a transaction|has been invalidated|Aborted\(/;

/** `error` is anything thrown by the engine. A text that says the instance cannot go on is `engine-crashed`. */
export function decodeDuckDbError(error: unknown, origin: ErrorOrigin): SqlFailure {
	const text = error instanceof Error ? error.message : String(error);
	const name = error instanceof Error ? error.name : '';
	if (name === 'RuntimeError') return { kind: 'engine-crashed', reason: text.slice(0, 200) };
	const facts = parseFacts(text);
	if (!facts) return decodePlain(name, text);
	if (facts.type === 'FATAL' || facts.type === 'INTERNAL') {
		return { kind: 'engine-crashed', reason: facts.message.slice(0, 200) };
	}
	if (facts.type === 'INTERRUPT') return { kind: 'cancelled' };
	if (facts.type === 'Out of Memory') return { kind: 'out-of-memory' };
	return {
		kind: 'sql-error',
		type: facts.type,
		message: facts.message,
		position: facts.position === null ? null : origin.toOriginal(utf16Position(origin.sql, facts.position, facts.unit)),
		candidates: facts.candidates
	};
}

/** A text without facts comes from wasm, from the bindings, or from JavaScript itself. */
function decodePlain(name: string, text: string): SqlFailure {
	if (trap.test(text)) return { kind: 'engine-crashed', reason: text.slice(0, 200) };
	if (/query was cancell?ed/.test(text)) return { kind: 'cancelled' };
	if (name === 'RangeError' || /bad_alloc|Out of Memory|memory allocation/i.test(text))
		return { kind: 'out-of-memory' };
	return { kind: 'sql-error', type: 'Invalid Input', message: text, position: null, candidates: [] };
}

type Facts = {
	readonly type: string;
	readonly message: string;
	readonly position: number | null;
	/** Only syntax errors count code points. */
	readonly unit: 'utf-8' | 'code-point';
	readonly candidates: readonly string[];
};

function parseFacts(text: string): Facts | null {
	const outer = parseObject(text);
	if (!outer) return null;
	// A parser error arrives wrapped in itself.
	const wrapped = parseObject(textOf(outer, 'exception_message'));
	const inner = wrapped ?? outer;
	const position = Number.parseInt(textOf(inner, 'position'), 10);
	const candidates = textOf(inner, 'candidates');
	return {
		type: textOf(inner, 'exception_type') || 'Unknown',
		message: textOf(inner, 'exception_message') || text,
		position: Number.isNaN(position) ? null : position,
		unit: wrapped ? 'code-point' : 'utf-8',
		candidates: candidates === '' ? [] : candidates.split(',').map((name) => name.trim().replace(/^"(.*)"$/, '$1'))
	};
}

function parseObject(text: string): object | null {
	if (!text.startsWith('{')) return null;
	try {
		const parsed: unknown = JSON.parse(text);
		return typeof parsed === 'object' ? parsed : null;
	} catch {
		// Not JSON after all: a plain text that happens to begin with a brace.
		return null;
	}
}

function textOf(facts: object, key: string): string {
	const value: unknown = Reflect.get(facts, key);
	return typeof value === 'string' ? value : '';
}

export function utf16Position(text: string, position: number, unit: Facts['unit']): number {
	let counted = 0;
	let utf16 = 0;
	for (const character of text) {
		if (counted >= position) break;
		counted += unit === 'code-point' ? 1 : utf8Length(character.codePointAt(0) ?? 0);
		utf16 += character.length;
	}
	return utf16;
}

function utf8Length(point: number): number {
	return point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
}
