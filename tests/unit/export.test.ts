import { tableFromArrays, tableFromIPC, tableToIPC, utf8 } from '@uwdata/flechette';
import fc from 'fast-check';
import readXlsx from 'read-excel-file/universal';
import { expect, test } from 'vitest';
import { ArrowFileWriter } from '#core/export/arrow-file.ts';
import { copyOptions, csvCell } from '#core/export/copy-sql.ts';
import { defuse } from '#core/export/defuse.ts';
import { XlsxFile, columnLetters, type XlsxCell } from '#core/export/xlsx-file.ts';
import { BatchSlicer, END_OF_STREAM, batchRowCount, concatBytes, metadataLength } from '#core/sql/arrow-messages.ts';
import { arrowColumns } from '#core/sql/arrow-layout.ts';

type Bytes = Uint8Array<ArrayBuffer>;

test.each(['=1+1', '+1', '-1', '@x', '\t=1', '\rx', '\t1', ' =1', '"=1"', "'=1", '＝1', '＋1', '－1', '＠1', '\n=1'])(
	'%j would run as a formula',
	(text) => expect(defuse(text)).toBe(`'${text}`)
);

test.each(['', 'a', '1', 'a=1', "it's", '"x"', ' x', '🦆=', '1-2'])('%j stays as it is', (text) =>
	expect(defuse(text)).toBe(text)
);

test('only texts are defused, and numbers stay numbers', () => {
	expect(csvCell('c0', { name: 'a', type: 'VARCHAR' })).toContain('regexp_matches');
	for (const type of ['INTEGER', 'DECIMAL(9,2)', 'DATE', 'BOOLEAN', 'UUID', 'INTEGER[]']) {
		expect(csvCell('c0', { name: 'a', type })).toBe('c0');
	}
	expect(copyOptions('parquet')).toContain('zstd');
});

/** A stream's messages: schema, then batches. */
function messagesOf(stream: Bytes): Bytes[] {
	const messages: Bytes[] = [];
	let at = 0;
	while (at < stream.byteLength - 8) {
		const rest = stream.subarray(at);
		const view = new DataView(rest.buffer, rest.byteOffset);
		const metaLength = metadataLength(rest);
		const table = 8 + view.getUint32(8, true);
		const fields = table - view.getInt32(table, true);
		const slot = view.getUint16(fields, true) > 10 ? view.getUint16(fields + 10, true) : 0;
		const bodyLength = slot === 0 ? 0 : Number(view.getBigInt64(table + slot, true));
		messages.push(stream.slice(at, at + metaLength + bodyLength));
		at += metaLength + bodyLength;
	}
	return messages;
}

function streamOf(rowCount: number): { readonly schema: Bytes; readonly batch: Bytes } {
	const rows = Array.from({ length: rowCount }, (_, row) => row);
	const table = tableFromArrays(
		{ n: rows, s: rows.map((row) => (row % 3 === 0 ? null : `text ${row}`)), b: rows.map((row) => row % 2 === 0) },
		{ types: { s: utf8() } }
	);
	const [schema, batch] = messagesOf(new Uint8Array(tableToIPC(table, { format: 'stream' }) ?? []));
	if (!schema || !batch) throw new Error('no messages');
	return { schema, batch };
}

test('any slice of a batch has the rows of the whole', () => {
	const { schema, batch } = streamOf(100);
	const slicer = new BatchSlicer(schema);
	const all = tableFromIPC(concatBytes([schema, batch, END_OF_STREAM])).toArray();
	expect(batchRowCount(batch)).toBe(100);
	expect(arrowColumns(schema).map(({ name }) => name)).toEqual(['n', 's', 'b']);
	fc.assert(
		fc.property(fc.nat(110), fc.nat(110), (one, other) => {
			const [start, end] = [Math.min(one, other, 100), Math.max(one, other)];
			const slice = slicer.slice(batch, start, end);
			expect(batchRowCount(slice)).toBe(Math.min(end, 100) - start);
			expect(tableFromIPC(concatBytes([schema, slice, END_OF_STREAM])).toArray()).toEqual(all.slice(start, end));
		})
	);
});

test('a stream becomes a file that lists its batches', () => {
	const { schema, batch } = streamOf(10);
	for (const count of [0, 1, 2, 3]) {
		const writer = new ArrowFileWriter(schema);
		const pieces = [writer.start()];
		for (let index = 0; index < count; index++) {
			writer.add(batch);
			pieces.push(batch);
		}
		const file = concatBytes([...pieces, writer.end()]);
		expect(tableFromIPC(file).numRows).toBe(count * 10);
	}
});

async function sheetOf(titles: readonly string[], rows: readonly (readonly XlsxCell[])[]): Promise<unknown> {
	const file = new XlsxFile(titles);
	for (const row of rows) expect(file.add([row])).toBeNull();
	file.end();
	const [sheet] = await readXlsx(new Blob([...file.take()]));
	return sheet;
}

test('a workbook has its cells as another reader finds them', async () => {
	const row: XlsxCell[] = [
		{ kind: 'text', text: '<a & "b">  \n_x0041_ 🦆' },
		{ kind: 'number', number: -1.5e300 },
		{ kind: 'boolean', isTrue: true },
		null,
		{ kind: 'date', days: 45_292.5, time: true }
	];
	expect(await sheetOf(['text', 'number', 'flag', 'none', 'at'], [row, row.map(() => null)])).toEqual({
		sheet: 'Rows',
		data: [
			['text', 'number', 'flag', 'none', 'at'],
			['<a & "b">  \n_x0041_ 🦆', -1.5e300, true, null, new Date(Date.UTC(2024, 0, 1, 12))]
		]
	});
});

test('any text comes back from a workbook, but for what no sheet holds', async () => {
	await fc.assert(
		fc.asyncProperty(fc.array(fc.string({ unit: 'binary', minLength: 1 }), { minLength: 30 }), async (texts) => {
			// Without the end of it the reader would trim the cell.
			const ended = texts.map((text) => `|${text}|`);
			const cells = ended.map((text): XlsxCell[] => [{ kind: 'text', text }]);
			expect(await sheetOf(['t'], cells)).toEqual({
				sheet: 'Rows',
				data: [['t'], ...ended.map((text) => [text.replace(/[\ufffe\uffff]/g, '\ufffd')])]
			});
		}),
		{ numRuns: 3 }
	);
});

test('a sheet refuses rows beyond its last one', () => {
	const file = new XlsxFile(['n']);
	expect(file.add([[null]])).toBeNull();
	expect(file.add(Array.from({ length: 1_048_575 }, () => []))).toBe(1_048_575);
	expect(file.rowCount).toBe(1);
});

test('columns are lettered as spreadsheets do', () => {
	expect([0, 25, 26, 701, 702, 16_383].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA', 'XFD']);
});
