// Which members nested values have, and which a nested type has room for: what a type does not name, the engine leaves out without a word.

/** `.name` of an object's member, `[]` of a list's elements, one behind the other; names in small letters, as the engine compares them. */
export type MemberPath = string;

const SEPARATOR = '\u0000';

/** Of all members within the values of an object, each once; empty where none of them is nested. */
export function memberPaths(record: object): readonly MemberPath[] {
	let found: Set<MemberPath> | null = null;
	for (const [key, value] of Object.entries(record) as [string, unknown][])
		if (typeof value === 'object' && value !== null) collect(value, step(key), (found ??= new Set()));
	return found === null ? NONE : [...found];
}

const NONE: readonly MemberPath[] = [];

function step(name: string): string {
	return `.${name.toLowerCase()}${SEPARATOR}`;
}

function collect(value: object, at: MemberPath, into: Set<MemberPath>): void {
	if (Array.isArray(value)) {
		for (const one of value as unknown[]) if (typeof one === 'object' && one !== null) collect(one, `${at}[]`, into);
		return;
	}
	for (const [key, member] of Object.entries(value) as [string, unknown][]) {
		const path = at + step(key);
		into.add(path);
		if (typeof member === 'object' && member !== null) collect(member, path, into);
	}
}

/** What columns have room for. */
export class MemberRoom {
	readonly #named = new Set<MemberPath>();
	/** Where anything may stand: JSON, maps, and scalars, which refuse by themselves what they do not take. */
	readonly #open = new Set<MemberPath>();
	/** Records say the same paths over and over. */
	readonly #verdicts = new Map<MemberPath, boolean>();

	/** Columns with DuckDB types. */
	constructor(columns: readonly { readonly name: string; readonly type: string }[]) {
		for (const { name, type } of columns) this.#add(type, step(name));
	}

	get named(): readonly MemberPath[] {
		return [...this.#named];
	}

	/** The first path that no type has room for; null where all have. */
	stray(paths: readonly MemberPath[]): MemberPath | null {
		return paths.find((path) => !this.#has(path)) ?? null;
	}

	#has(path: MemberPath): boolean {
		const known = this.#verdicts.get(path);
		if (known !== undefined) return known;
		const has = this.#named.has(path) || [...this.#open].some((open) => path.startsWith(open));
		this.#verdicts.set(path, has);
		return has;
	}

	#add(type: string, at: MemberPath): void {
		const list = /^(.*)\[\d*\]$/s.exec(type);
		if (list) return this.#add(list[1] ?? '', `${at}[]`);
		const members = structMembers(type);
		if (!members) {
			this.#open.add(at);
			return;
		}
		for (const { name, type: inner } of members) {
			const path = at + step(name);
			this.#named.add(path);
			this.#add(inner, path);
		}
	}
}

/** Whether values of one nested type have members that another has no room for. */
export function lacksMembers(type: string, of: string): boolean {
	const [room, own] = [type, of].map((one) => new MemberRoom([{ name: '', type: one }]));
	return room !== undefined && own !== undefined && room.stray(own.named) !== null;
}

/** The name of the column in which a path lies, in small letters. */
export function columnOf(path: MemberPath): string {
	return path.slice(1, path.indexOf(SEPARATOR));
}

/** Null of a type that is no struct. */
function structMembers(type: string): readonly { readonly name: string; readonly type: string }[] | null {
	if (!/^STRUCT\(.*\)$/s.test(type)) return null;
	return atCommas(type.slice('STRUCT('.length, -1)).map((member) => {
		const [, quoted, bare = '', rest = ''] = /^\s*(?:"((?:[^"]|"")*)"|([^\s"]+))\s+(.*)$/s.exec(member) ?? [];
		return { name: quoted === undefined ? bare : quoted.replaceAll('""', '"'), type: rest.trim() };
	});
}

/** Cut at commas that stand in no brackets and no quotes. */
function atCommas(text: string): readonly string[] {
	const parts: string[] = [];
	let [begun, depth, isQuoted] = [0, 0, false];
	for (let at = 0; at < text.length; at++) {
		const mark = text[at];
		if (mark === '"') isQuoted = !isQuoted;
		else if (isQuoted) continue;
		else if (mark === '(') depth++;
		else if (mark === ')') depth--;
		else if (mark === ',' && depth === 0) {
			parts.push(text.slice(begun, at));
			begun = at + 1;
		}
	}
	return [...parts, text.slice(begun)];
}
