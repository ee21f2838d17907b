// The code that runs inside the machine around a user function: it makes rows of columns, calls, and checks what comes back.
// A text, since it is evaluated there; what passes through its one door is spelled out by `MachineBatch` and `MachineAnswer`.
import type { Channel } from '#core/script/channel.ts';

export type MachineColumn = {
	readonly name: string;
	readonly channel: Channel;
	/** Float64s of numbers and of moments (milliseconds), bytes of booleans; JSON of everything else, nulls included. */
	readonly values: ArrayBuffer | string;
	/** A byte a row, 1 for null; null when there is none. */
	readonly nulls: ArrayBuffer | null;
};

/** How values that JSON lacks are written in it, on both ways. */
export const BIGINT_TAG = '$bigint';
export const DATE_TAG = '$date';

/**
 * A function `(fn, batch, state, makeRows) => answer`, the last as `rowMaker` writes it. `state.at()` is the row at work, for who finds the machine interrupted.
 *
 * It throws `{ weir: 'output', column, found }` for an output that is not what its column says.
 */
export const HARNESS = String.raw`(() => {
'use strict';
const { parse, stringify } = JSON;
const Moment = Date;
const revive = (_key, value) => {
	if (typeof value !== 'object' || value === null) return value;
	if (typeof value.${BIGINT_TAG} === 'string') return BigInt(value.${BIGINT_TAG});
	if (typeof value.${DATE_TAG} === 'number') return new Moment(value.${DATE_TAG});
	return value;
};
const load = ({ channel, values, nulls }, rowCount) => {
	const mask = nulls && new Uint8Array(nulls);
	if (channel === 'text') return parse(values);
	if (channel === 'bigint' || channel === 'value') {
		if (typeof values === 'string') return parse(values, revive);
	}
	const typed = channel === 'boolean' ? new Uint8Array(values) : new Float64Array(values);
	if (channel !== 'boolean' && channel !== 'moment' && !mask) return typed;
	const list = new Array(rowCount);
	for (let i = 0; i < rowCount; i++) {
		const one = typed[i];
		list[i] = mask && mask[i] ? null : channel === 'boolean' ? one === 1 : channel === 'moment' ? new Moment(one) : one;
	}
	return list;
};
const kindOf = (value) => {
	if (Array.isArray(value)) return 'a list';
	if (value instanceof Date) return isNaN(value) ? 'an invalid date' : 'a date';
	if (value instanceof Promise) return 'a promise';
	if (typeof value === 'number') return Number.isInteger(value) ? 'a whole number out of range' : Number.isFinite(value) ? 'a fraction' : 'not a finite number';
	return { string: 'a text', boolean: 'a boolean', bigint: 'a bigint', function: 'a function', symbol: 'a symbol' }[typeof value] ?? 'an object';
};
const replace = function (key, value) {
	const own = this[key];
	if (own instanceof Date) return own.toISOString();
	return typeof own === 'bigint' ? String(own) : value;
};
const writer = ({ name, channel, range }, rowCount) => {
	const wrong = (found) => { throw { weir: 'output', column: name, found }; };
	const nulls = new Uint8Array(rowCount);
	let hasNulls = false;
	const skip = (i, value) => {
		if (value !== null && value !== undefined) return false;
		nulls[i] = 1;
		hasNulls = true;
		return true;
	};
	const answer = (values) => ({ values, nulls: hasNulls ? nulls.buffer : null });
	if (channel === 'number') {
		const values = new Float64Array(rowCount);
		const low = range ? range[0] : 0;
		const high = range ? range[1] : 0;
		return {
			/* What may be written as it is. */
			values: range ? undefined : values,
			put: range
				? (i, v) => { if (Number.isInteger(v) && v >= low && v <= high) values[i] = v; else if (!skip(i, v)) wrong(typeof v === 'number' && !Number.isInteger(v) ? 'a fraction' : kindOf(v)); }
				: (i, v) => { if (typeof v === 'number') values[i] = v; else if (!skip(i, v)) wrong(kindOf(v)); },
			answer: () => answer(values.buffer)
		};
	}
	if (channel === 'boolean') {
		const values = new Uint8Array(rowCount);
		return { put: (i, v) => { if (typeof v === 'boolean') values[i] = v ? 1 : 0; else if (!skip(i, v)) wrong(kindOf(v)); }, answer: () => answer(values.buffer) };
	}
	if (channel === 'moment') {
		const values = new Float64Array(rowCount);
		return { put: (i, v) => { if (v instanceof Date && !isNaN(v)) values[i] = v.getTime(); else if (!skip(i, v)) wrong(kindOf(v)); }, answer: () => answer(values.buffer) };
	}
	const list = new Array(rowCount).fill(null);
	const put = {
		text: (i, v) => { if (typeof v === 'string') list[i] = v; else if (!skip(i, v)) wrong(kindOf(v)); },
		bigint: (i, v) => { if (typeof v === 'bigint' || Number.isSafeInteger(v)) list[i] = String(v); else if (!skip(i, v)) wrong(kindOf(v)); },
		value: (i, v) => {
			if (skip(i, v)) return;
			const text = typeof v === 'function' || typeof v === 'symbol' ? undefined : stringify({ v }, replace);
			if (text === undefined) wrong(kindOf(v));
			list[i] = text.slice(5, -1);
		}
	}[channel];
	return { put, answer: () => ({ values: stringify(list), nulls: null }) };
};
const isRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date) && !(value instanceof Promise);
/* Null gives NULL; a column that is not there at all is a slip of the pen. */
const cell = (given, name) => {
	const value = given[name];
	if (value === undefined && !Object.hasOwn(given, name)) throw { weir: 'output', column: name, found: 'missing' };
	return value;
};
const rows = (fn, { columns, outputs, rowCount, startRow }, state, makeRows) => {
	const lists = columns.map((column) => load(column, rowCount));
	const { callAt, loop } = makeRows(...lists);
	const writers = outputs.map((output) => writer(output, rowCount));
	if (outputs.length === 1) {
		const [{ put, values }] = writers;
		const { name, channel } = outputs[0];
		const isBare = channel !== 'value';
		const take = (i, given) => put(i, typeof given === 'object' && isRecord(given) && (isBare || Object.hasOwn(given, name)) ? cell(given, name) : given);
		loop(fn, values ?? null, take, state, startRow, rowCount);
	} else {
		let i = 0;
		state.at = () => i;
		for (; i < rowCount; i++) {
			const given = callAt(fn, i, startRow + i);
			if (given !== null && given !== undefined && !isRecord(given)) throw { weir: 'output', column: outputs[0].name, found: kindOf(given) };
			for (let w = 0; w < writers.length; w++) writers[w].put(i, given ? cell(given, outputs[w].name) : null);
		}
	}
	return { rowCount, columns: writers.map((one) => one.answer()) };
};
const batch = (fn, { columns, outputs, rowCount, startRow }, state) => {
	const given = Object.create(null);
	for (const column of columns) given[column.name] = load(column, rowCount);
	const answer = fn({ rowCount, startRow, columns: given });
	const lists = outputs.map(({ name }) => {
		const list = isRecord(answer) ? answer[name] : undefined;
		if (!Array.isArray(list) && !ArrayBuffer.isView(list)) throw { weir: 'output', column: name, found: list === undefined ? 'missing' : kindOf(list) };
		return list;
	});
	const count = lists[0].length;
	lists.forEach((list, o) => {
		if (list.length !== count) throw { weir: 'output', column: outputs[o].name, found: 'a list of ' + list.length + ' instead of ' + count };
	});
	/* A list of numbers is what comes out already. */
	const isReady = (list, { channel, range }) => channel === 'number' && !range && list instanceof Float64Array && list.byteLength === list.buffer.byteLength;
	const writers = outputs.map((output, o) => (isReady(lists[o], output) ? { answer: () => ({ values: lists[o].buffer, nulls: null }) } : writer(output, count)));
	let i = 0;
	state.at = () => i;
	lists.forEach((list, o) => {
		if (isReady(list, outputs[o])) return;
		for (i = 0; i < count; i++) writers[o].put(i, list[i]);
	});
	return { rowCount: count, columns: writers.map((one) => one.answer()) };
};
return (fn, given, state, makeRows) => (given.mode === 'row' ? rows : batch)(fn, given, state, makeRows);
})()`;

/** How the module's function is called: with a row, with the cells of some columns, or once with their lists (see `inlineRow`). */
export type CalledRow =
	| { readonly by: 'row'; readonly isQuick: boolean }
	| {
			readonly by: 'cells';
			readonly names: readonly string[];
			readonly isNumbered: boolean;
			/** Whether numbers are told by being equal to themselves as numbers: see note: how a number is told. */
			readonly isQuick: boolean;
	  }
	| { readonly by: 'loop'; readonly names: readonly string[] };

/**
 * Note: how a number is told. To ask for a type is to compare two texts, a tenth of what a short call takes. `given === +given` is as
 * true of numbers, NaN apart, which is looked at once more. Of a bigint or a symbol it throws, and of an object it may call what the
 * function's author wrote, such as `valueOf`: see `mayAnswerQuick`, and whatever fails is called again and asked for its type.
 */

/** False where an answer could notice that it was asked for its number. */
export function mayAnswerQuick(code: string): boolean {
	return !/valueOf|toString|toPrimitive|\\[ux]/.test(code);
}

/**
 * A function of the lists of all columns, which calls the function with a row by its number, and a loop that calls it for each and
 * writes numbers where they belong. Written out for the columns: one call a row is all that an interpreter can afford.
 *
 * A function that takes cells instead of a row is called with those; one that is a loop itself, with their lists.
 */
export function rowMaker(columns: readonly Pick<MachineColumn, 'name'>[], called: CalledRow): string {
	// A computed key takes longer; without one, a column called __proto__ would be none.
	const keyOf = (name: string): string => (name === '__proto__' ? '["__proto__"]' : JSON.stringify(name));
	const listOf = (one: string): string => `c${columns.findIndex(({ name }) => name === one)}`;
	const lists = columns.map((_column, index) => `c${index}`).join(',');
	if (called.by === 'loop') {
		const taken = `[${called.names.map(listOf).join(',')}]`;
		return `((${lists})=>({loop:(fn,values,take,state,start,count)=>fn(${taken},values,take,state,start,count)}))`;
	}
	const givenOf = (list: string): string =>
		called.by === 'cells'
			? called.names.map((one) => `${list}${listOf(one).slice(1)}[i]`).join(',')
			: `{${columns.map(({ name }, index) => `${keyOf(name)}:${list}${index}[i]`).join(',')}}`;
	const at = (row: string): string => (called.by === 'cells' && !called.isNumbered ? '' : `,${row}`);
	// Its own variables are nearer than those of the function round it.
	const own = columns.map((_column, index) => `,l${index}=c${index}`).join('');
	const call = `fn(${givenOf('l')}${at('start+i')})`;
	const isNumber = called.isQuick ? 'given===+given' : `typeof given==='number'`;
	const loop =
		`(fn,values,take,state,start,count)=>{var i=0,given${own};state.at=()=>i;if(values===null)for(;i<count;i++)take(i,${call});` +
		`else for(;i<count;i++){given=${call};if(${isNumber})values[i]=given;else take(i,given)}}`;
	return `((${lists})=>({callAt:(fn,i,at)=>fn(${givenOf('c')}${at('at')}),loop:${loop}}))`;
}
