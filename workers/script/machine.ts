// A user function in a QuickJS machine: bounded in time and memory, with no clock, no randomness and no way out.
import variant from '@jitl/quickjs-wasmfile-release-sync';
import {
	newQuickJSWASMModuleFromVariant,
	newVariant,
	type QuickJSContext,
	type QuickJSHandle,
	type QuickJSRuntime,
	type QuickJSWASMModule
} from 'quickjs-emscripten-core';
import type { OutputChannel } from '#core/script/channel.ts';
import type { FunctionLimits, FunctionMode, ScriptFailure } from '#core/script/user-function.ts';
import { err, ok, type Result } from '#core/result.ts';
import { HARNESS, rowMaker, type CalledRow, type MachineColumn } from './harness.ts';
import { MemoryImage } from './memory-image.ts';

export type MachineBatch = {
	readonly mode: FunctionMode;
	readonly rowCount: number;
	readonly startRow: number;
	readonly columns: readonly MachineColumn[];
	/** Of a function over rows. */
	readonly called: CalledRow;
	readonly outputs: readonly (OutputChannel & { readonly name: string; readonly type: string })[];
};

export type MachineAnswer = {
	readonly rowCount: number;
	readonly columns: readonly Pick<MachineColumn, 'values' | 'nulls'>[];
};

const FILE = 'function.js';
const OURS = 'weir.js';
/** Well below what the browser gives a worker: the machine's calls nest inside the worker's own. */
const STACK_BYTES = 192 * 1024;

const PAGE_BYTES = 65_536;
/** What QuickJS is built to begin with. */
const FIRST_PAGES = 256;

type Instance = {
	readonly memoryBytes: number;
	readonly memory: WebAssembly.Memory;
	readonly module: QuickJSWASMModule;
};
type Loaded = {
	readonly key: string;
	readonly instance: Instance;
	readonly machine: Machine;
	readonly fn: QuickJSHandle;
	/** As it was when the module had been read. */
	readonly image: MemoryImage | null;
};

/**
 * Calls functions in machines in which nothing ran before.
 *
 * Note: why QuickJS and not the browser's own engine. Only an interpreter bounds memory, stops an endless loop without
 * losing the thread, and has neither fetch nor storage to take away; the page's policy needs no `unsafe-eval` for it.
 * Equal code and rows give equal results: there is no time of day, and `Math.random` begins the same for each batch.
 * The bound on memory is that of the wasm memory: QuickJS's own counts eight bytes for every block in this build.
 *
 * Note: why memory is put back. To make a machine takes as long as a short function takes for a batch. All that a machine is lies in
 * its memory, so that one whose memory is put back is one in which nothing ran since.
 */
export class Machines {
	/** In which nothing runs. */
	#instance: Instance | null = null;
	#loaded: Loaded | null = null;
	#turn: Promise<unknown> = Promise.resolve();

	/** Reads the module, and no more. */
	read(code: string, limits: FunctionLimits): Promise<Result<void, ScriptFailure>> {
		return this.#inTurn(async () => {
			const loaded = await this.#load(code, limits);
			return loaded.ok ? ok(undefined) : loaded;
		});
	}

	call(code: string, limits: FunctionLimits, batch: MachineBatch): Promise<Result<MachineAnswer, ScriptFailure>> {
		return this.#inTurn(async () => {
			const loaded = await this.#load(code, limits);
			if (!loaded.ok) return loaded;
			const { machine, fn, image } = loaded.value;
			const answered = machine.call(fn, batch);
			if (answered.ok && image) machine.putBack(image);
			else this.#endLoaded();
			return answered;
		});
	}

	/** Calls wait for each other: a machine does one thing at a time. */
	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const done = this.#turn.then(work);
		// Who called is told of what was thrown; who comes next is not concerned.
		this.#turn = done.catch(() => undefined);
		return done;
	}

	async #load(code: string, limits: FunctionLimits): Promise<Result<Loaded, ScriptFailure>> {
		const key = JSON.stringify([limits.memoryBytes, limits.timeoutMs, code]);
		if (this.#loaded?.key === key) return ok(this.#loaded);
		this.#endLoaded();
		const free = this.#instance?.memoryBytes === limits.memoryBytes ? this.#instance : null;
		this.#instance = null;
		const instance = free ?? (await instantiate(limits.memoryBytes));
		const machine = new Machine(instance.module.newRuntime({ maxStackSizeBytes: STACK_BYTES }), limits);
		const fn = machine.load(code);
		if (fn.ok) {
			this.#loaded = { key, instance, machine, fn: fn.value, image: MemoryImage.of(instance.memory) };
			return ok(this.#loaded);
		}
		this.#give(instance, machine);
		return fn;
	}

	#endLoaded(): void {
		if (this.#loaded) this.#give(this.#loaded.instance, this.#loaded.machine);
		this.#loaded = null;
	}

	/** What has grown is not used again: the next machine would begin in the midst of what is left there. */
	#give(instance: Instance, machine: Machine): void {
		const hasGrown = instance.memory.buffer.byteLength > FIRST_PAGES * PAGE_BYTES;
		if (machine.end() && !hasGrown) this.#instance = instance;
	}
}

async function instantiate(memoryBytes: number): Promise<Instance> {
	const maximum = Math.max(FIRST_PAGES, Math.floor(memoryBytes / PAGE_BYTES));
	const memory = new WebAssembly.Memory({ initial: FIRST_PAGES, maximum });
	const module = await newQuickJSWASMModuleFromVariant(newVariant(variant, { wasmMemory: memory }));
	return { memoryBytes, memory, module };
}

const PRELUDE = String.raw`(() => {
let seed = 0x9e3779b9;
Math.random = () => {
	seed = (seed + 0x6d2b79f5) | 0;
	let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
	t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
	return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
const Real = Date;
const no = () => { throw new TypeError('there is no time of day here; give it as a column'); };
globalThis.Date = new Proxy(Real, {
	apply: no,
	construct: (target, given, as) => (given.length === 0 ? no() : Reflect.construct(target, given, as)),
	get: (target, key) => (key === 'now' ? no : Reflect.get(target, key))
});
Real.prototype.constructor = globalThis.Date;
})()`;

class Machine {
	readonly #runtime: QuickJSRuntime;
	readonly #context: QuickJSContext;
	readonly #limits: FunctionLimits;
	readonly #state: QuickJSHandle;
	readonly #harness: QuickJSHandle;
	#kept: QuickJSHandle[] = [];
	/** Of what is kept, that which was there when the module had been read. */
	#loadedCount = 0;
	#deadlineMs = 0;
	#isLate = false;

	constructor(runtime: QuickJSRuntime, limits: FunctionLimits) {
		this.#runtime = runtime;
		this.#limits = limits;
		this.#context = runtime.newContext();
		this.#state = this.#keep(this.#context.newObject());
		runtime.setInterruptHandler(() => {
			this.#isLate ||= performance.now() > this.#deadlineMs;
			return this.#isLate;
		});
		this.#arm();
		// Before the clock is taken away: the harness makes dates of its own.
		this.#harness = this.#keep(this.#context.unwrapResult(this.#context.evalCode(HARNESS, OURS)));
		this.#context.unwrapResult(this.#context.evalCode(PRELUDE, OURS)).dispose();
	}

	/** Reads the module; its default export is a function afterwards. */
	load(code: string): Result<QuickJSHandle, ScriptFailure> {
		this.#arm();
		const evaluated = this.#context.evalCode(code, FILE, { type: 'module' });
		if (evaluated.error) return err(this.#failure(evaluated.error, 'syntax'));
		const namespace = this.#keep(evaluated.value);
		if (this.#context.getPromiseState(namespace).type !== 'fulfilled') {
			return err({ ...nowhere, stage: 'start', message: 'A module that waits cannot be used: no top-level await.' });
		}
		const fn = this.#keep(this.#context.getProp(namespace, 'default'));
		this.#loadedCount = this.#kept.length;
		if (this.#context.typeof(fn) === 'function') return ok(fn);
		return err({
			...nowhere,
			stage: 'start',
			message: 'There is no function to call: begin it with “export default function”.'
		});
	}

	call(fn: QuickJSHandle, batch: MachineBatch): Result<MachineAnswer, ScriptFailure> {
		const context = this.#context;
		this.#arm();
		const given = this.#keep(this.#give(batch));
		const makeRows = this.#keep(context.unwrapResult(context.evalCode(rowMaker(batch.columns, batch.called), OURS)));
		const called = context.callFunction(this.#harness, context.undefined, fn, given, this.#state, makeRows);
		if (called.error) return err(this.#failure(called.error, 'call', batch));
		return ok(this.#take(this.#keep(called.value), batch.outputs.length));
	}

	/** As it was when the module had been read. Handles of since then are of nothing, and need no end. */
	putBack(image: MemoryImage): void {
		image.restore();
		this.#kept = this.#kept.slice(0, this.#loadedCount);
	}

	/** False when the machine cannot be used again: after running out of stack or memory it may hold things that nobody owns. */
	end(): boolean {
		try {
			for (const handle of this.#kept.reverse()) handle.dispose();
			this.#context.dispose();
			this.#runtime.dispose();
			return true;
		} catch (error) {
			// QuickJS asserts that nothing is left when it ends.
			if (error instanceof WebAssembly.RuntimeError) return false;
			throw error;
		}
	}

	#arm(): void {
		this.#deadlineMs = performance.now() + this.#limits.timeoutMs;
	}

	#keep(handle: QuickJSHandle): QuickJSHandle {
		this.#kept.push(handle);
		return handle;
	}

	#give({ columns, outputs, called: _called, ...plain }: MachineBatch): QuickJSHandle {
		const context = this.#context;
		const given = this.#json({ ...plain, outputs });
		const list = context.newArray();
		for (const [index, { values, nulls, ...facts }] of columns.entries()) {
			const column = this.#json(facts);
			this.#set(
				column,
				'values',
				typeof values === 'string' ? context.newString(values) : context.newArrayBuffer(values)
			);
			this.#set(column, 'nulls', nulls ? context.newArrayBuffer(nulls) : context.null);
			this.#set(list, index, column);
		}
		this.#set(given, 'columns', list);
		return given;
	}

	#set(of: QuickJSHandle, key: string | number, value: QuickJSHandle): void {
		this.#context.setProp(of, key, value);
		value.dispose();
	}

	#json(value: object): QuickJSHandle {
		return this.#context.unwrapResult(this.#context.evalCode(`(${JSON.stringify(value)})`, OURS));
	}

	#take(answer: QuickJSHandle, columnCount: number): MachineAnswer {
		const context = this.#context;
		const columns = context.getProp(answer, 'columns').consume((list) =>
			Array.from({ length: columnCount }, (_none, index) =>
				context.getProp(list, index).consume((column) => ({
					values: context.getProp(column, 'values').consume((values) => this.#bytesOrText(values)),
					nulls: context.getProp(column, 'nulls').consume((nulls) => (this.#isNull(nulls) ? null : this.#bytes(nulls)))
				}))
			)
		);
		const rowCount = context.getProp(answer, 'rowCount').consume((count) => context.getNumber(count));
		return { rowCount, columns };
	}

	#bytesOrText(handle: QuickJSHandle): ArrayBuffer | string {
		return this.#context.typeof(handle) === 'string' ? this.#context.getString(handle) : this.#bytes(handle);
	}

	#bytes(handle: QuickJSHandle): ArrayBuffer {
		return this.#context.getArrayBuffer(handle).consume(({ value }) => value.slice().buffer);
	}

	#isNull(handle: QuickJSHandle): boolean {
		return this.#context.eq(handle, this.#context.null);
	}

	#failure(
		thrown: QuickJSHandle,
		stage: 'syntax' | 'call',
		batch?: Pick<MachineBatch, 'outputs' | 'startRow'>
	): ScriptFailure {
		const facts = thrown.consume((handle): unknown => this.#context.dump(handle));
		const isLate = this.#isLate;
		const row = batch ? this.#rowAtWork(batch.startRow) : null;
		if (isLate) return { kind: 'script-timeout', timeoutMs: this.#limits.timeoutMs, row };
		// The machine throws null when there is no memory left for an error.
		if (facts === null || isOutOfMemory(facts)) {
			return { kind: 'script-memory', memoryBytes: this.#limits.memoryBytes, row };
		}
		if (isOutputError(facts)) {
			const type = batch?.outputs.find(({ name }) => name === facts.column)?.type ?? '';
			return { kind: 'script-output', column: facts.column, type, found: facts.found, row };
		}
		return { kind: 'script-error', stage, message: messageOf(facts), ...placeOf(facts), row };
	}

	#rowAtWork(startRow: number): number | null {
		const context = this.#context;
		// What was interrupted for being late is asked all the same.
		this.#isLate = false;
		this.#arm();
		return context.getProp(this.#state, 'at').consume((at) => {
			if (context.typeof(at) !== 'function') return null;
			const told = context.callFunction(at, context.undefined);
			const row = (told.error ? told.error : told.value).consume((handle): unknown => context.dump(handle));
			return typeof row === 'number' ? startRow + row : null;
		});
	}
}

const nowhere = { kind: 'script-error', line: null, column: null, row: null } as const;

function isOutOfMemory(facts: unknown): boolean {
	return isObject(facts) && facts['name'] === 'InternalError' && facts['message'] === 'out of memory';
}

function isOutputError(facts: unknown): facts is { readonly column: string; readonly found: string } {
	return isObject(facts) && facts['weir'] === 'output';
}

function messageOf(facts: unknown): string {
	if (!isObject(facts)) return String(facts);
	const [name, message] = [facts['name'], facts['message']];
	if (typeof message !== 'string') return JSON.stringify(facts);
	return typeof name === 'string' && name !== 'Error' ? `${name}: ${message}` : message;
}

/** The topmost place of the stack that is in the user's own code. */
function placeOf(facts: unknown): { readonly line: number | null; readonly column: number | null } {
	const stack = isObject(facts) && typeof facts['stack'] === 'string' ? facts['stack'] : '';
	const [, line, column] = /function\.js:(\d+)(?::(\d+))?/.exec(stack) ?? [];
	return { line: line === undefined ? null : Number(line), column: column === undefined ? null : Number(column) };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null;
}
