// Filters of publications read the row groups that can hold what is asked for, and answer as if they read all.
import { parquetWriteBuffer } from 'hyparquet-writer';
import { expect, test } from 'vitest';
import { testsOf } from '#core/share/cells.ts';
import { parseOrder, parseWhere } from '#core/share/published-query.ts';
import { openParquet, type ParquetFile } from '#edge/published/parquet-file.ts';
import { runQuery } from '#edge/published/run-query.ts';

const ROWS = 1000;

/** Ten row groups, whose bounds follow one another but for `mixed`; the last has the texts beyond the first plane, and NaN. */
function someParquet(): Uint8Array<ArrayBuffer> {
	const numbers = Array.from({ length: ROWS }, (_row, at) => at);
	const text = (at: number): string =>
		at > 990 ? '\u{1f600}' : at > 980 ? '\uff5e' : `name ${String(at).padStart(4, '0')}`;
	return new Uint8Array(
		parquetWriteBuffer({
			columnData: [
				{ name: 'id', data: numbers, type: 'INT32', nullable: false },
				{ name: 'big', data: numbers.map((at) => 2n ** 60n + BigInt(at)), type: 'INT64', nullable: false },
				{ name: 'price', data: numbers.map((at) => (at > 995 ? Number.NaN : at / 4)), type: 'DOUBLE' },
				{ name: 'name', data: numbers.map(text), type: 'STRING', nullable: false },
				{ name: 'day', data: numbers.map((at) => new Date(86_400_000 * at)), type: 'TIMESTAMP', nullable: false },
				{ name: 'few', data: numbers.map((at) => (at < 500 ? null : at)), type: 'INT32' },
				{ name: 'mixed', data: numbers.map((at) => (at * 379) % 1000), type: 'INT32', nullable: false }
			],
			rowGroupSize: 100
		})
	);
}

async function open(): Promise<{ readonly file: ParquetFile; readonly groups: () => number }> {
	const bytes = someParquet();
	const get = (_key: string, { range }: { range: { offset: number; length: number } }) =>
		Promise.resolve(new Response(bytes.slice(range.offset, range.offset + range.length)));
	const file = await openParquet({ get }, { r2Key: 'k', sizeBytes: bytes.length });
	if (!file) throw new Error('not Parquet');
	const read = new Set<number>();
	const counting: ParquetFile = {
		...file,
		read: (names, from, to) => {
			read.add(Math.floor(from / 100));
			return file.read(names, from, to);
		}
	};
	return { file: counting, groups: () => read.size };
}

const ask = async (file: ParquetFile, text: string, orderText = ''): Promise<readonly unknown[]> => {
	const known = file.columns.map(({ name }) => name);
	const [where, order] = [parseWhere(text, known), parseOrder(orderText, known)];
	if (!where.ok || !order.ok) throw new Error(text);
	const tests = testsOf(where.value, new Map(file.columns.map(({ name, kind }) => [name, kind])));
	if (!tests.ok) throw new Error(text);
	const whole = { order: order.value, limit: ROWS, start: 0 };
	const ran = await runQuery(file, { columns: ['id'], tests: tests.value.map((one) => [one]), ...whole });
	if (!ran.ok) throw new Error(ran.error.kind);
	return ran.value.cells[0] ?? [];
};

test.each([
	['id=555', 1],
	['id>=950', 1],
	['id<100', 1],
	['id>2000', 0],
	['id=2.5', 1],
	['big=1152921504606847531', 1],
	['price<=20', 1],
	['price>249', 10],
	['name=name 0123', 1],
	['name>=name 0950', 1],
	['name>\u{1f500}', 10],
	['name~0950', 10],
	['day<1970-02-01', 1],
	['few=', 5],
	['few!=', 5],
	['id>100,id<180', 1],
	['mixed=7', 10],
	['id!=3', 10]
])('%s reads %i of ten row groups at most', async (where, most) => {
	const { file, groups } = await open();
	const all: ParquetFile = { ...file, groups: file.groups.map((group) => ({ ...group, rangeOf: () => ({}) })) };
	const found = await ask(file, where);
	expect(groups()).toBeLessThanOrEqual(most);
	expect(found).toEqual(await ask(all, where));
	const ordered = await open();
	expect(await ask(ordered.file, where, '-mixed')).toEqual(await ask(all, where, '-mixed'));
	expect(ordered.groups()).toBeLessThanOrEqual(most);
});
