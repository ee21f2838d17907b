// Writes every case's input and expectation. The expectations are what a careful person wants, never what the code gave.
// Run: node tests/golden/ingest/make-inputs.mjs
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';

const here = new URL('.', import.meta.url);
/** @param {string} text */
const utf16le = (text) => Buffer.from(text, 'utf16le');
/** @param {string} text */
const utf16be = (text) => Buffer.from(text, 'utf16le').swap16();
/** @param {string} text */
const latin = (text) => Buffer.from(text.replaceAll('€', '\x80'), 'latin1');
/** @param {string} text */
const bom = (text) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]);
/** @param {string[]} all */
const lines = (...all) => all.join('\n') + '\n';

/**
 * @param {string} name
 * @param {string | Buffer} input
 * @param {Record<string, string> | string[][]} columns
 * @param {unknown[][]} rows all of them, or the first ones together with `rowCount`
 * @param {{ file?: string, failure?: string, line?: number, rowCount?: number, rejects?: unknown[], options?: object, wish?: object }} rest
 */
function write(name, input, columns, rows, rest = {}) {
	const folder = new URL(`${name}/`, here);
	mkdirSync(folder, { recursive: true });
	const { file = 'input.csv', ...more } = rest;
	writeFileSync(new URL(file, folder), input);
	const named = Array.isArray(columns) ? columns : Object.entries(columns);
	const expected = more.failure ? more : { columns: named, rows, rowCount: rows.length, rejects: [], ...more };
	writeFileSync(new URL('expected.json', folder), `${JSON.stringify(expected, null, '\t')}\n`);
}

const I = 'BIGINT';
const D = 'DOUBLE';
const T = 'VARCHAR';

write('csv-dates-alone', lines('day', '02/01/2014', '31/12/2012'), { day: 'DATE' }, [['2014-01-02'], ['2012-12-31']]);
write('csv-moments-alone', lines('at', '2011-09-15 15:22:00', '2011-09-16 08:00:01'), { at: 'TIMESTAMP' }, [
	['2011-09-15 15:22:00'],
	['2011-09-16 08:00:01']
]);
write(
	'csv-page-breaks',
	'"\t\n\v\f start \t\n\v\f end \t\n\v\f",b\none,2\n',
	[
		['start end', T],
		['b', I]
	],
	[['one', '2']]
);
write(
	'json-local-moments',
	'[{"at":"2015-11-04T12:22:00","zoned":"2015-11-04T12:22:00+02:00"},{"at":null,"zoned":null},{"at":"2015-11-04 12:45","zoned":"2015-11-04T12:22:00.5Z"}]',
	{ at: 'TIMESTAMP', zoned: 'TIMESTAMP WITH TIME ZONE' },
	[
		['2015-11-04 12:22:00', '2015-11-04 10:22:00+00'],
		[null, null],
		['2015-11-04 12:45:00', '2015-11-04 12:22:00.5+00']
	],
	{ file: 'input.json' }
);
write('csv-plain', lines('id,name,amount', '1,Ann,1.5', '2,Bob,2.25'), { id: I, name: T, amount: D }, [
	['1', 'Ann', '1.5'],
	['2', 'Bob', '2.25']
]);
write('csv-bom', bom(lines('id,city', '1,Zürich', '2,Łódź')), { id: I, city: T }, [
	['1', 'Zürich'],
	['2', 'Łódź']
]);
write(
	'csv-utf16le-bom',
	Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le(lines('id\tcity', '1\tZürich', '2\t東京'))]),
	{ id: I, city: T },
	[
		['1', 'Zürich'],
		['2', '東京']
	],
	{ file: 'input.tsv' }
);
write(
	'csv-utf16be-bom',
	Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be(lines('id,city', '1,Zürich', '2,Praha'))]),
	{ id: I, city: T },
	[
		['1', 'Zürich'],
		['2', 'Praha']
	]
);
write('csv-utf16le-no-bom', utf16le(lines('id;city', '1;Köln', '2;Ulm')), { id: I, city: T }, [
	['1', 'Köln'],
	['2', 'Ulm']
]);
write('csv-utf16be-no-bom', utf16be(lines('id,city', '1,Oslo', '2,Rome')), { id: I, city: T }, [
	['1', 'Oslo'],
	['2', 'Rome']
]);
write(
	'csv-windows-1252',
	latin(lines('id,dish,price', '1,crème brûlée,5 €', '2,Käsespätzle,9 €')),
	{ id: I, dish: T, price: T },
	[
		['1', 'crème brûlée', '5 €'],
		['2', 'Käsespätzle', '9 €']
	]
);
write(
	'csv-shift-jis',
	Buffer.from([0x69, 0x64, 0x2c, 0x63, 0x0a, 0x31, 0x2c, 0x93, 0x8c, 0x8b, 0x9e, 0x0a]),
	{ id: I, c: T },
	[['1', '東京']],
	{ options: { csv: { encoding: 'shift_jis' } } }
);
write(
	'csv-gzip',
	gzipSync(lines('a,b', '1,x', '2,y')),
	{ a: I, b: T },
	[
		['1', 'x'],
		['2', 'y']
	],
	{ file: 'input.csv.gz' }
);
write(
	'csv-gzip-wrong-name',
	gzipSync(lines('a;b', '1;x', '2;y')),
	{ a: I, b: T },
	[
		['1', 'x'],
		['2', 'y']
	],
	{ file: 'input.txt' }
);
write(
	'csv-preamble',
	lines(
		'Sales report',
		'Generated 2024-05-01',
		'',
		'region,units,revenue',
		'north,10,100.5',
		'south,20,200.25',
		'east,5,50.125'
	),
	{ region: T, units: I, revenue: D },
	[
		['north', '10', '100.5'],
		['south', '20', '200.25'],
		['east', '5', '50.125']
	]
);
write(
	'csv-comments',
	lines('# exported by a logger', '# unit: degrees', 'sensor,value', 'a,20.5', '# restarted', 'b,21.5'),
	{ sensor: T, value: D },
	[
		['a', '20.5'],
		['b', '21.5']
	]
);
write(
	'csv-vcf-comments',
	lines('##format=1', '##source=x', '#CHROM\tPOS\tID', 'chr1\t100\trs1', 'chr1\t200\trs2'),
	{ '#CHROM': T, POS: I, ID: T },
	[
		['chr1', '100', 'rs1'],
		['chr1', '200', 'rs2']
	],
	{ file: 'input.tsv' }
);
write(
	'csv-quoted-newlines',
	'id,note\n1,"first\nsecond"\n2,"a ""quoted"" word"\n3,"comma, inside"\n',
	{ id: I, note: T },
	[
		['1', 'first\nsecond'],
		['2', 'a "quoted" word'],
		['3', 'comma, inside']
	]
);
write(
	'csv-semicolon-decimal-comma',
	lines('Artikel;Preis;Menge', 'Stuhl;49,90;10', 'Tisch;1.249,00;2', 'Bank;5,5;7'),
	{ Artikel: T, Preis: D, Menge: I },
	[
		['Stuhl', '49.9', '10'],
		['Tisch', '1249.0', '2'],
		['Bank', '5.5', '7']
	]
);
write(
	'csv-tabs',
	lines('id\tname\tnote', '1\tAnn\ta, b', '2\tBob\tc; d'),
	{ id: I, name: T, note: T },
	[
		['1', 'Ann', 'a, b'],
		['2', 'Bob', 'c; d']
	],
	{ file: 'input.tsv' }
);
write(
	'csv-pipes',
	lines('id|name|city', '1|Ann|Bern', '2|Bob|Bonn'),
	{ id: I, name: T, city: T },
	[
		['1', 'Ann', 'Bern'],
		['2', 'Bob', 'Bonn']
	],
	{ file: 'input.txt' }
);
write(
	'csv-colon',
	lines('root:0:/root', 'daemon:1:/usr/sbin', 'bin:2:/bin'),
	{ column_1: T, column_2: I, column_3: T },
	[
		['root', '0', '/root'],
		['daemon', '1', '/usr/sbin'],
		['bin', '2', '/bin']
	],
	{ file: 'input.txt' }
);
write(
	'csv-spaces',
	lines('x y z', '1 2.5 a', '3 4.5 b'),
	{ x: I, y: D, z: T },
	[
		['1', '2.5', 'a'],
		['3', '4.5', 'b']
	],
	{ file: 'input.txt' }
);
write(
	'csv-comma-space',
	lines('"name", "team", "points"', '"Ann", "red", 12', '"Bob", "blue", 7'),
	{ name: T, team: T, points: I },
	[
		['Ann', 'red', '12'],
		['Bob', 'blue', '7']
	]
);
write('csv-unit-separator', 'id\u001fname\n1\u001fAnn\n2\u001fBob, Jr\n', { id: I, name: T }, [
	['1', 'Ann'],
	['2', 'Bob, Jr']
]);
write(
	'csv-caret',
	lines('id^name^qty', '1^Ann^5', '2^Bob^6'),
	{ id: I, name: T, qty: I },
	[
		['1', 'Ann', '5'],
		['2', 'Bob', '6']
	],
	{ file: 'input.txt' }
);
write(
	'csv-double-pipe',
	lines('id||name||qty', '1||a|b||5', '2||c||6'),
	{ id: I, name: T, qty: I },
	[
		['1', 'a|b', '5'],
		['2', 'c', '6']
	],
	{ file: 'input.txt' }
);
write('csv-single-quotes', lines('id,name,note', "1,'Ann','a, b'", "2,'Bob','it''s'"), { id: I, name: T, note: T }, [
	['1', 'Ann', 'a, b'],
	['2', 'Bob', "it's"]
]);
write('csv-backslash-escapes', 'id,note\n1,"say \\"hi\\", then go"\n2,"back\\\\slash"\n', { id: I, note: T }, [
	['1', 'say "hi", then go'],
	['2', 'back\\slash']
]);
write(
	'csv-mysql-dump',
	lines('1\tAnn\t\\N', '2\tBob\t5', '3\tCy\t7'),
	{ column_1: I, column_2: T, column_3: I },
	[
		['1', 'Ann', null],
		['2', 'Bob', '5'],
		['3', 'Cy', '7']
	],
	{ file: 'input.txt' }
);
write('csv-inner-quotes', lines('id,item', '1,"the 5" pipe"', '2,6" bolt', '3,"plain"'), { id: I, item: T }, [
	['1', 'the 5" pipe'],
	['2', '6" bolt'],
	['3', 'plain']
]);
write(
	'csv-unterminated-quote',
	lines('id,name,qty', '1,"Ann,5', '2,Bob,6', '3,Cy,7'),
	{ id: I, name: T, qty: I },
	[
		['2', 'Bob', '6'],
		['3', 'Cy', '7']
	],
	{ rejects: [{ line: 2, reason: 'quote' }] }
);
write(
	'csv-unterminated-then-quoted',
	lines('id,name,qty', '1,Ann,5', '2,"Bob,6', '3,"Cy, Jr",7', '4,"Di",8'),
	{ id: I, name: T, qty: I },
	[
		['1', 'Ann', '5'],
		['3', 'Cy, Jr', '7'],
		['4', 'Di', '8']
	],
	{ rejects: [{ line: 3, reason: 'quote' }] }
);
write(
	'csv-too-many-cells',
	lines('id,name,qty', '1,Ann,5', '2,Bob,6,extra', '3,Cy,7', '4,Di,8'),
	{ id: I, name: T, qty: I },
	[
		['1', 'Ann', '5'],
		['3', 'Cy', '7'],
		['4', 'Di', '8']
	],
	{ rejects: [{ line: 3, reason: '4 cells' }] }
);
write(
	'csv-too-few-cells',
	lines('id,name,qty', '1,Ann,5', '2,Bob', '3,Cy,7', '4,Di,8'),
	{ id: I, name: T, qty: I },
	[
		['1', 'Ann', '5'],
		['3', 'Cy', '7'],
		['4', 'Di', '8']
	],
	{ rejects: [{ line: 3, reason: '2 cells' }] }
);
write(
	'csv-rejects-behind-quoted-newlines',
	'Report\n\nid,note,qty\n1,"a\nb\nc",5\n2,short\n3,"x\r\ny",7\n4,z,8,9\n5,w,10\n6,v,11\n7,u,12\n',
	{ id: I, note: T, qty: I },
	[
		['1', 'a\nb\nc', '5'],
		['3', 'x\r\ny', '7'],
		['5', 'w', '10'],
		['6', 'v', '11'],
		['7', 'u', '12']
	],
	{
		rejects: [
			{ line: 7, reason: '2 cells' },
			{ line: 10, reason: '4 cells' }
		]
	}
);
write(
	'csv-habitually-short',
	lines('id,name,phone,note', '1,Ann,555,hello', '2,Bob', '3,Cy,556', '4,Di,557,bye', '5,Ed'),
	{ id: I, name: T, phone: I, note: T },
	[
		['1', 'Ann', '555', 'hello'],
		['2', 'Bob', null, null],
		['3', 'Cy', '556', null],
		['4', 'Di', '557', 'bye'],
		['5', 'Ed', null, null]
	]
);
write(
	'csv-duplicate-headers',
	lines('id,value,value,Value', '1,2,3,4', '5,6,7,8'),
	{ id: I, value: I, value_2: I, Value_3: I },
	[
		['1', '2', '3', '4'],
		['5', '6', '7', '8']
	]
);
write('csv-empty-header-name', lines(',name,qty', '0,Ann,5', '1,Bob,6'), { column_1: I, name: T, qty: I }, [
	['0', 'Ann', '5'],
	['1', 'Bob', '6']
]);
write('csv-no-header', lines('1,Ann,2.5', '2,Bob,3.5', '3,Cy,4.5'), { column_1: I, column_2: T, column_3: D }, [
	['1', 'Ann', '2.5'],
	['2', 'Bob', '3.5'],
	['3', 'Cy', '4.5']
]);
write(
	'csv-text-no-header',
	lines('red,apple', 'green,pear', 'yellow,banana'),
	{ column_1: T, column_2: T },
	[
		['red', 'apple'],
		['green', 'pear'],
		['yellow', 'banana']
	],
	{ options: { csv: { header: false } } }
);
write('csv-text-header', lines('colour,fruit', 'red,apple', 'green,pear', 'red,cherry'), { colour: T, fruit: T }, [
	['red', 'apple'],
	['green', 'pear'],
	['red', 'cherry']
]);
write('csv-empty', '', {}, [], { failure: 'empty-source' });
write('csv-blank-lines-only', '\n\n\r\n', {}, [], { failure: 'empty-source' });
write('csv-header-only', 'id,name,qty\n', { id: T, name: T, qty: T }, []);
write(
	'csv-one-column',
	lines('city', 'Bern', 'New York, NY', 'Ulm'),
	{ city: T },
	[['Bern'], ['New York, NY'], ['Ulm']],
	{ file: 'input.txt' }
);
write('csv-one-number-column', lines('reading', '1.5', '2.5', '', '3.5'), { reading: D }, [['1.5'], ['2.5'], ['3.5']]);
write('csv-crlf', 'id,name\r\n1,Ann\r\n2,Bob\r\n', { id: I, name: T }, [
	['1', 'Ann'],
	['2', 'Bob']
]);
write('csv-mixed-line-ends', 'id,name\r\n1,Ann\n2,Bob\r\n3,Cy\r4,Di\n', { id: I, name: T }, [
	['1', 'Ann'],
	['2', 'Bob'],
	['3', 'Cy'],
	['4', 'Di']
]);
write('csv-lone-cr', 'id,name\r1,Ann\r2,Bob\r', { id: I, name: T }, [
	['1', 'Ann'],
	['2', 'Bob']
]);
write('csv-no-final-newline', 'id,name\n1,Ann\n2,Bob', { id: I, name: T }, [
	['1', 'Ann'],
	['2', 'Bob']
]);
write('csv-empty-lines-between', 'id,name\n\n1,Ann\n\n\n2,Bob\n\n', { id: I, name: T }, [
	['1', 'Ann'],
	['2', 'Bob']
]);
write('csv-nul-bytes', 'id,name\n1,An\0n\n2,Bob\n', { id: I, name: T }, [
	['1', 'An\0n'],
	['2', 'Bob']
]);
write(
	'csv-very-long-line',
	gzipSync(lines('id,text', `1,${'x'.repeat(3_000_000)}`, '2,short')),
	{ id: I, text: T },
	[
		['1', { length: 3_000_000 }],
		['2', 'short']
	],
	{ file: 'input.csv.gz' }
);
write(
	'csv-leading-zeros',
	lines('zip,phone,order', '01234,+4915112345678,12345678901234567890', '99999,+4915187654321,12345678901234567891'),
	{ zip: T, phone: T, order: T },
	[
		['01234', '+4915112345678', '12345678901234567890'],
		['99999', '+4915187654321', '12345678901234567891']
	]
);
write('csv-big-integers', lines('id,n', '9007199254740993,-5', '9223372036854775807,7'), { id: I, n: I }, [
	['9007199254740993', '-5'],
	['9223372036854775807', '7']
]);
write('csv-european-dates', lines('Datum;Wert', '31.12.2023;1,5', '01.02.2024;2,5'), { Datum: 'DATE', Wert: D }, [
	['2023-12-31', '1.5'],
	['2024-02-01', '2.5']
]);
write('csv-us-dates', lines('day,value', '12/31/2023,1', '02/01/2024,2'), { day: 'DATE', value: I }, [
	['2023-12-31', '1'],
	['2024-02-01', '2']
]);
write('csv-british-dates', lines('day,value', '31/12/2023,1', '01/02/2024,2'), { day: 'DATE', value: I }, [
	['2023-12-31', '1'],
	['2024-02-01', '2']
]);
write(
	'csv-ambiguous-dates',
	lines('day,value', '03/04/2024,1', '05/06/2024,2'),
	{ day: 'DATE', value: I },
	[
		['2024-04-03', '1'],
		['2024-06-05', '2']
	],
	{ options: { csv: { dateFormat: '%d/%m/%Y' } } }
);
write('csv-month-names', lines('day,value', '3-Apr-2024,1', '12-Dec-2024,2'), { day: 'DATE', value: I }, [
	['2024-04-03', '1'],
	['2024-12-12', '2']
]);
write(
	'csv-timestamps',
	lines(
		'at,local,zoned',
		'2024-01-02T03:04:05,02.01.2024 03:04,2024-01-02T03:04:05Z',
		'2024-01-02 03:04:05.678,31.01.2024 23:59,2024-01-02T03:04:05+02:00'
	),
	{ at: 'TIMESTAMP', local: 'TIMESTAMP', zoned: 'TIMESTAMP WITH TIME ZONE' },
	[
		['2024-01-02 03:04:05', '2024-01-02 03:04:00', '2024-01-02 03:04:05+00'],
		['2024-01-02 03:04:05.678', '2024-01-31 23:59:00', '2024-01-02 01:04:05+00']
	]
);
write('csv-us-timestamps-pm', lines('at,n', '1/31/2024 1:05 PM,1', '2/1/2024 12:30 AM,2'), { at: 'TIMESTAMP', n: I }, [
	['2024-01-31 13:05:00', '1'],
	['2024-02-01 00:30:00', '2']
]);
write('csv-times', lines('start,n', '08:30,1', '17:45,2'), { start: 'TIME', n: I }, [
	['08:30:00', '1'],
	['17:45:00', '2']
]);
write(
	'csv-thousands',
	lines('item,revenue,units', 'a,"1,234.50","12,000"', 'b,99.25,"1,500"', 'c,"1,000,000.00",7'),
	{ item: T, revenue: D, units: I },
	[
		['a', '1234.5', '12000'],
		['b', '99.25', '1500'],
		['c', '1000000.0', '7']
	]
);
write('csv-space-thousands', lines('ville;habitants', 'Paris;2 102 650', 'Lyon;522 250'), { ville: T, habitants: I }, [
	['Paris', '2102650'],
	['Lyon', '522250']
]);
write('csv-currency', lines('item,price', 'a,$1.50', 'b,$20.00'), { item: T, price: T }, [
	['a', '$1.50'],
	['b', '$20.00']
]);
write('csv-percent-scientific', lines('x,y', '1e3,50%', '2.5E-4,75%'), { x: D, y: T }, [
	['1000.0', '50%'],
	['0.00025', '75%']
]);
write(
	'csv-booleans',
	lines('id,active,done', '1,true,FALSE', '2,false,TRUE'),
	{ id: I, active: 'BOOLEAN', done: 'BOOLEAN' },
	[
		['1', 'true', 'false'],
		['2', 'false', 'true']
	]
);
write(
	'csv-yes-no',
	lines('id,ok', '1,yes', '2,no'),
	{ id: I, ok: 'BOOLEAN' },
	[
		['1', 'true'],
		['2', 'false']
	],
	{ wish: { types: { ok: 'BOOLEAN' } } }
);
write(
	'csv-null-spellings',
	lines('id,a,b,c,d', '1,NA,n/a,-,null', '2,5,1.5,2024-01-01,x', '3,6,NULL,2024-01-02,y'),
	{ id: I, a: I, b: D, c: 'DATE', d: T },
	[
		['1', null, null, null, null],
		['2', '5', '1.5', '2024-01-01', 'x'],
		['3', '6', null, '2024-01-02', 'y']
	]
);
write('csv-na-is-a-word', lines('code,country', 'NA,Namibia', 'DE,Germany', 'FR,France'), { code: T, country: T }, [
	['NA', 'Namibia'],
	['DE', 'Germany'],
	['FR', 'France']
]);
write('csv-quoted-empty', lines('id,a,b', '1,"",x', '2,,y'), { id: I, a: T, b: T }, [
	['1', null, 'x'],
	['2', null, 'y']
]);
write('csv-trailing-delimiter', lines('id,name,qty,', '1,Ann,5,', '2,Bob,6,'), { id: I, name: T, qty: I }, [
	['1', 'Ann', '5'],
	['2', 'Bob', '6']
]);
write('csv-trailing-delimiter-rows-only', lines('id;name;qty', '1;Ann;5;', '2;Bob;6;'), { id: I, name: T, qty: I }, [
	['1', 'Ann', '5'],
	['2', 'Bob', '6']
]);
write('csv-padded-cells', lines('id , name , qty', ' 1 , Ann , 5', ' 2 , Bob , 6'), { id: I, name: T, qty: I }, [
	['1', 'Ann', '5'],
	['2', 'Bob', '6']
]);
write(
	'csv-misfit',
	lines('id,qty', '1,5', '2,many', '3,7'),
	{ id: I, qty: I },
	[
		['1', '5'],
		['3', '7']
	],
	{ wish: { types: { qty: 'BIGINT' } }, rejects: [{ line: 3, column: 'qty', reason: 'many' }] }
);
write(
	'csv-late-misfit',
	lines('id,qty', ...Array.from({ length: 400 }, (_, i) => `${i},${i === 349 ? 'lots' : i * 2}`)),
	{ id: I, qty: I },
	[
		['0', '0'],
		['1', '2']
	],
	{ rowCount: 399, rejects: [{ line: 351, column: 'qty', reason: 'lots' }] }
);
/** More than the sample that a guess is made from, with a misfit far behind it. @param {number} count */
const longWithMisfit = (count) =>
	lines(
		'id,note,qty',
		...Array.from({ length: count }, (_, i) => `${i},${'.'.repeat(2000)},${i === count - 9 ? 'lots' : i % 7}`)
	);
for (const [name, input] of /** @type {const} */ ([
	['csv-gzip-late-misfit', gzipSync(longWithMisfit(2200))],
	['csv-utf16-gzip-late-misfit', gzipSync(utf16le(longWithMisfit(2200)))]
]))
	write(name, input, { id: I, note: T, qty: I }, [['0', { length: 2000 }, '0']], {
		file: 'input.csv.gz',
		rowCount: 2199,
		rejects: [{ line: 2193, column: 'qty', reason: 'lots' }]
	});
write(
	'csv-fraction-in-integers',
	lines('id,qty', '1,5', '2,6.5', '3,7'),
	{ id: I, qty: I },
	[
		['1', '5'],
		['3', '7']
	],
	{ wish: { types: { qty: 'BIGINT' } }, rejects: [{ line: 3, column: 'qty', reason: '6.5' }] }
);
write(
	'csv-impossible-date',
	lines('id,day', '1,2024-02-28', '2,2024-02-30', '3,2024-03-01'),
	{ id: I, day: 'DATE' },
	[
		['1', '2024-02-28'],
		['3', '2024-03-01']
	],
	{ rejects: [{ line: 3, column: 'day', reason: '2024-02-30' }] }
);
write(
	'csv-drop-and-rename',
	lines('id,name,secret', '1,Ann,x', '2,Bob,y'),
	{ key: I, name: T },
	[
		['1', 'Ann'],
		['2', 'Bob']
	],
	{ wish: { types: { secret: '' }, names: { id: 'key' } } }
);
write(
	'csv-broken-utf8',
	Buffer.concat([Buffer.from('id,name\n1,Zoë\n2,'), Buffer.from([0xff, 0xfe, 0xfa]), Buffer.from('\n3,Bob\n')]),
	{ id: I, name: T },
	[
		['1', 'Zoë'],
		['3', 'Bob']
	],
	{ wish: { csv: { encoding: 'utf-8' } }, rejects: [{ line: 3, reason: 'utf-8' }] }
);
write('csv-formula-cells', lines('id,text', '1,=1+2', '2,@cmd', '3,-x'), { id: I, text: T }, [
	['1', '=1+2'],
	['2', '@cmd'],
	['3', '-x']
]);
write('csv-emoji-and-rtl', lines('id,text', '1,👩‍💻 שלום', '2,\u202eabc'), { id: I, text: T }, [
	['1', '👩‍💻 שלום'],
	['2', '\u202eabc']
]);
write(
	'csv-wide',
	lines(Array.from({ length: 600 }, (_, i) => `c${i}`).join(','), Array.from({ length: 600 }, (_, i) => i).join(',')),
	Object.fromEntries(Array.from({ length: 600 }, (_, i) => [`c${i}`, I])),
	[Array.from({ length: 600 }, (_, i) => String(i))]
);
write(
	'csv-footer',
	lines('region,units,revenue', 'north,10,5.5', 'south,20,6.5', 'east,3,7.5', 'west,4,8.5', 'End of report'),
	{ region: T, units: I, revenue: D },
	[
		['north', '10', '5.5'],
		['south', '20', '6.5'],
		['east', '3', '7.5'],
		['west', '4', '8.5']
	],
	{ rejects: [{ line: 6, reason: '1 cells' }] }
);

const J = { file: 'input.json' };
const N = { file: 'input.ndjson' };
write(
	'json-array',
	JSON.stringify([
		{ id: 1, name: 'Ann' },
		{ id: 2, name: 'Bob' }
	]),
	{ id: I, name: T },
	[
		['1', 'Ann'],
		['2', 'Bob']
	],
	J
);
write(
	'json-ndjson',
	lines('{"id":1,"v":1.5}', '{"id":2,"v":2.5}'),
	{ id: I, v: D },
	[
		['1', '1.5'],
		['2', '2.5']
	],
	N
);
write('json-ndjson-named-json', lines('{"id":1}', '{"id":2}'), { id: I }, [['1'], ['2']], J);
write(
	'json-ndjson-broken-line',
	lines('{"id":1,"v":"a"}', '{"id":2,"v":', '', '{"id":3,"v":"c"}', 'not json'),
	{ id: I, v: T },
	[
		['1', 'a'],
		['3', 'c']
	],
	{
		...N,
		rejects: [
			{ line: 2, reason: 'JSON' },
			{ line: 5, reason: 'JSON' }
		]
	}
);
write(
	'json-concatenated',
	'{"id":1,\n "v":"a"}{"id":2,"v":"b"}\n{"id":3,"v":"c"}',
	{ id: I, v: T },
	[
		['1', 'a'],
		['2', 'b'],
		['3', 'c']
	],
	J
);
write(
	'json-wrapped',
	JSON.stringify({ status: 'ok', meta: { page: 1 }, data: { items: [{ id: 1 }, { id: 2 }] } }),
	{ id: I },
	[['1'], ['2']],
	J
);
write(
	'json-wrapped-choice',
	JSON.stringify({ users: [{ u: 1 }], orders: [{ o: 1 }, { o: 2 }, { o: 3 }] }),
	{ u: I },
	[['1']],
	{ ...J, wish: { json: { recordPath: 'users' } } }
);
write('json-single-object', JSON.stringify({ id: 1, name: 'Ann' }), { id: I, name: T }, [['1', 'Ann']], J);
write(
	'json-mixed-scalars',
	JSON.stringify([
		{ id: 1, v: 5 },
		{ id: 2, v: 'x' },
		{ id: 3, v: null }
	]),
	{ id: I, v: T },
	[
		['1', '5'],
		['2', 'x'],
		['3', null]
	],
	J
);
write(
	'json-nested',
	JSON.stringify([
		{ id: 1, geo: { lat: 1.5, lon: 2.5 }, tags: ['a', 'b'] },
		{ id: 2, geo: { lat: 3.5, lon: 4.5 }, tags: [] }
	]),
	{ id: I, geo: 'STRUCT(lat DOUBLE, lon DOUBLE)', tags: 'VARCHAR[]' },
	[
		['1', "{'lat': 1.5, 'lon': 2.5}", '[a, b]'],
		['2', "{'lat': 3.5, 'lon': 4.5}", '[]']
	],
	J
);
write('json-bom', bom(JSON.stringify([{ id: 1 }])), { id: I }, [['1']], J);
write(
	'json-utf16',
	Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le(JSON.stringify([{ id: 1, c: 'Zürich' }]))]),
	{ id: I, c: T },
	[['1', 'Zürich']],
	J
);
write('json-gzip', gzipSync(lines('{"id":1}', '{"id":2}')), { id: I }, [['1'], ['2']], { file: 'input.json.gz' });
write(
	'json-missing-keys',
	JSON.stringify([{ a: 1 }, { b: 'x' }, { a: 3, b: 'y' }]),
	{ a: I, b: T },
	[
		['1', null],
		[null, 'x'],
		['3', 'y']
	],
	J
);
write(
	'json-nan',
	'[{"id":1,"v":NaN},{"id":2,"v":2.5}]',
	{ id: I, v: D },
	[
		['1', null],
		['2', '2.5']
	],
	J
);
write('json-trailing-comma', '[\n{"id":1},\n{"id":2,},\n]\n', { id: I }, [['1'], ['2']], J);
write(
	'json-comments',
	'// made by hand\n[\n{"id":1}, /* one, two */\n{"id":2,"u":"http://x"}\n]\n',
	{ id: I, u: T },
	[
		['1', null],
		['2', 'http://x']
	],
	J
);
write('json-infinity', '[{"id":1,"v":1.5},\n{"id":2,"v":Infinity}]', { id: I, v: D }, [['1', '1.5']], {
	...J,
	rejects: [{ line: 2, reason: 'JSON' }]
});
write(
	'json-array-of-arrays',
	'[["id","name"],[1,"Ann"],[2,"Bob"]]',
	{ id: I, name: T },
	[
		['1', 'Ann'],
		['2', 'Bob']
	],
	J
);
write('json-array-of-scalars', '[1,2,3]', { value: I }, [['1'], ['2'], ['3']], J);
write(
	'json-dates',
	JSON.stringify([{ d: '2024-01-02', t: '2024-01-02T03:04:05Z' }]),
	{ d: 'DATE', t: 'TIMESTAMP' },
	[['2024-01-02', '2024-01-02 03:04:05']],
	J
);
write(
	'json-leading-zero-strings',
	JSON.stringify([{ zip: '01234' }, { zip: '99999' }]),
	{ zip: T },
	[['01234'], ['99999']],
	J
);
write('json-empty-array', '[]', {}, [], { ...J, failure: 'empty-source' });
write('json-truncated', '[{"id":1},{"id":2},\n{"id"', { id: I }, [['1'], ['2']], {
	...J,
	rejects: [{ line: 2, reason: 'ends' }]
});
write('json-deep', gzipSync(`[{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`), {}, [], {
	file: 'input.json.gz',
	failure: 'no-rows-fit'
});
write('json-braces-in-strings', JSON.stringify([{ a: '}{][", \\' }, { a: 'x' }]), { a: T }, [['}{][", \\'], ['x']], J);
write('json-big-numbers', '[{"n":9007199254740993},{"n":1}]', { n: I }, [['9007199254740993'], ['1']], J);
write(
	'csv-proto-header',
	lines('__proto__,constructor', '1,a', '2,b'),
	[
		['__proto__', I],
		['constructor', T]
	],
	[
		['1', 'a'],
		['2', 'b']
	]
);

/** @param {string} sql */
function sqlite(sql) {
	const folder = mkdtempSync(join(tmpdir(), 'weir-golden-'));
	const database = new DatabaseSync(join(folder, 'made.sqlite'));
	database.exec(`PRAGMA page_size = 512; ${sql}`);
	database.close();
	const bytes = readFileSync(join(folder, 'made.sqlite'));
	rmSync(folder, { recursive: true });
	return bytes;
}
const S = { file: 'input.sqlite' };
const shop = sqlite(`
	CREATE TABLE empty (a);
	CREATE TABLE orders (id INTEGER PRIMARY KEY, placed DATE, at DATETIME, total DECIMAL(8, 2), paid BOOLEAN, mark, raw BLOB, note TEXT);
	INSERT INTO orders VALUES
		(1, '2024-02-29', '2024-02-29 10:00:00', 12.5, 1, 1, X'00FF', 'it''s'),
		(2, NULL, NULL, 3, 0, 2.0, NULL, ''),
		(9223372036854775807, '1999-12-31', '2024-02-29T23:59:59.5', NULL, NULL, 'x', X'', NULL);
	CREATE TABLE codes (code TEXT PRIMARY KEY, n INTEGER) WITHOUT ROWID;
	INSERT INTO codes VALUES ('b', 2), ('a', NULL);
	CREATE VIEW paid AS SELECT count(*) AS orders FROM orders WHERE paid;`);
write(
	'sqlite-table',
	shop,
	[
		['id', I],
		['placed', 'DATE'],
		['at', 'TIMESTAMP'],
		['total', D],
		['paid', 'BOOLEAN'],
		['mark', T],
		['raw', 'BLOB'],
		['note', T]
	],
	[
		['1', '2024-02-29', '2024-02-29 10:00:00', '12.5', 'true', '1', '\\x00\\xFF', "it's"],
		['2', null, null, '3.0', 'false', '2.0', null, ''],
		['9223372036854775807', '1999-12-31', '2024-02-29 23:59:59.5', null, null, 'x', '', null]
	],
	S
);
write('sqlite-view', shop, { orders: I }, [['1']], { ...S, wish: { sqlite: { table: 'paid' } } });
write('sqlite-misfit', gzipSync(shop), { code: T, n: 'DATE' }, [['a', null]], {
	file: 'input.sqlite.gz',
	wish: { sqlite: { table: 'codes' }, types: { n: 'DATE' } },
	rejects: [{ line: 2, column: 'n', reason: 'the value is no DATE' }]
});
const wide = sqlite(`
	PRAGMA encoding = 'UTF-16le';
	CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT, born, big);
	INSERT INTO names VALUES (1, 'Zoë 東京 🜁', '2001-02-03', 9223372036854775807), (2, '', NULL, -9007199254740993);
	ALTER TABLE names ADD COLUMN note DEFAULT 'keine Ü';
	CREATE VIEW zoes AS SELECT name FROM names WHERE name LIKE 'Zoë%';
`);
write(
	'sqlite-utf16',
	wide,
	{ id: I, name: T, born: 'DATE', big: I, note: T },
	[
		['1', 'Zoë 東京 🜁', '2001-02-03', '9223372036854775807', 'keine Ü'],
		['2', '', null, '-9007199254740993', 'keine Ü']
	],
	S
);
write('sqlite-utf16-view', wide, { name: T }, [['Zoë 東京 🜁']], { ...S, wish: { sqlite: { table: 'zoes' } } });
/**
 * A database as a program leaves it that is killed in the midst of `later`, with the journal beside it, which has a number by chance in it.
 * @param {string} sql
 * @param {string} later
 */
function unfinished(sql, later) {
	const folder = mkdtempSync(join(tmpdir(), 'weir-golden-'));
	const path = join(folder, 'made.sqlite');
	const database = new DatabaseSync(path);
	database.exec(`PRAGMA page_size = 512; ${sql}; PRAGMA cache_size = 2; PRAGMA cache_spill = 1; BEGIN; ${later}`);
	const files = { 'made.sqlite': readFileSync(path), 'made.sqlite-journal': readFileSync(`${path}-journal`) };
	database.close();
	rmSync(folder, { recursive: true });
	return Buffer.from(zipSync(files, { mtime: '2024-02-29' }));
}
for (const { name, encoding } of [
	{ name: 'sqlite-left-unfinished', encoding: 'UTF-8' },
	{ name: 'sqlite-utf16-left-unfinished', encoding: 'UTF-16le' }
])
	write(
		name,
		unfinished(
			`PRAGMA encoding = '${encoding}'; CREATE TABLE t (id INTEGER PRIMARY KEY, name);
			INSERT INTO t VALUES (1, 'before 東京'), (2, 'before'); CREATE TABLE filler (a);`,
			`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
			INSERT INTO filler SELECT hex(zeroblob(100)) FROM n; UPDATE t SET name = 'after'; DELETE FROM filler; INSERT INTO filler VALUES (1);`
		),
		{ id: I, name: T },
		[
			['1', 'before 東京'],
			['2', 'before']
		],
		{ file: 'input.zip' }
	);
write('sqlite-truncated', shop.subarray(0, shop.length - 512), {}, [], { ...S, failure: 'unreadable-source' });
write('sqlite-log', Buffer.concat([Buffer.from([0x37, 0x7f, 0x06, 0x82]), Buffer.alloc(28, 1)]), {}, [], {
	file: 'input.sqlite-wal',
	failure: 'unreadable-source'
});
write(
	'csv-column-named-n',
	lines('n,what', '3,a', 'x,b', '1,c', '2,d'),
	{ n: I, what: T },
	[
		['3', 'a'],
		['1', 'c'],
		['2', 'd']
	],
	{
		wish: { types: { n: I } },
		rejects: [{ line: 3, column: 'n', reason: 'BIGINT' }]
	}
);
const G = { file: 'input.geojson' };
const shape = { type: 'Point', coordinates: [8, 50] };
const feature = { type: 'Feature', properties: { code: 'a' }, geometry: shape };
write(
	'json-geojson-list',
	JSON.stringify([feature, { ...feature, geometry: null }]),
	{ code: T, geometry: T },
	[
		['a', JSON.stringify(shape)],
		['a', null]
	],
	G
);
write('json-geojson-geometry', JSON.stringify(shape), { geometry: T }, [[JSON.stringify(shape)]], G);
write('json-geojson-other-root', JSON.stringify({ type: 'Topology', objects: {}, arcs: [[[1, 2]]] }), {}, [], {
	...G,
	failure: 'unreadable-source'
});
write('json-geojson-empty', JSON.stringify({ type: 'FeatureCollection', features: [] }), {}, [], {
	...G,
	failure: 'empty-source'
});
write(
	'json-log',
	gzipSync(
		lines(
			'starting on port 80',
			'{"at":"2024-01-02T03:04:05Z","level":"info"}',
			'{"at":"2024-01-02T03:04:06Z","level":"warn","ms":7}',
			'{"at":"2024-01-02T03:',
			'{"level":"info","user":{"id":3}}'
		)
	),
	[
		['at', 'TIMESTAMP'],
		['level', T],
		['ms', I],
		['user', 'STRUCT(id BIGINT)']
	],
	[
		['2024-01-02 03:04:05', 'info', null, null],
		['2024-01-02 03:04:06', 'warn', '7', null],
		[null, 'info', null, "{'id': 3}"]
	],
	{
		file: 'input.log.gz',
		rejects: [
			{ line: 1, reason: 'JSON' },
			{ line: 4, reason: 'JSON' }
		]
	}
);
write('json-log-of-broken-lines', lines('{"a":', '{"b":1', 'x'), {}, [], {
	file: 'input.jsonl',
	failure: 'no-rows-fit'
});
