// The law of published statements, on the built site: what the server's engine answers of a query is what the page's own answers, columns, rows and
// order, for statements of every kind over two published datasets. And what the page shows of one, before and after. Over 300 lines for the statements.
import { expect, type Page } from '@playwright/test';
import { expectClean } from './clean.ts';
import { openWorkspace, patient, test, type WithWeir } from './workspace.ts';

type Asked = {
	readonly sql: string;
	readonly parameters?: string;
	readonly values?: Readonly<Record<string, unknown>>;
};
type Told = {
	readonly columns: readonly { readonly name: string; readonly type: string }[];
	readonly rows: readonly unknown[];
};

const ORDERS = `SELECT i::INTEGER AS id, CASE WHEN i % 7 <> 0 THEN i % 4 END::INTEGER AS customer,
	['tea', 'Coffee', 'milk', NULL][1 + i % 4] AS kind, (i * 1.37)::DECIMAL(10, 2) AS price,
	[0.5, 'nan'::DOUBLE, 'inf'::DOUBLE, '-inf'::DOUBLE, NULL, -0.25][1 + i % 6] AS ratio,
	(9007199254740993 + i * 4611686018427387)::BIGINT AS big, DATE '2024-01-30' + (i * 9)::INTEGER AS day,
	TIMESTAMP '2024-03-30 22:15:00' + INTERVAL (i) HOUR AS moment, to_timestamp(1711837800 + i * 25200) AS zoned,
	[kind, 'x' || i] AS tags, {'size': i, 'note': 'n' || i % 3} AS box,
	json_object('i', i, 'deep', json_array(i, i % 2 = 0, NULL)) AS doc, i % 3 = 0 AS is_paid
FROM range(40) r(i)`;
const CUSTOMERS = `SELECT * FROM (VALUES (0, 'Åse', 'Oslo', NULL::INTEGER), (1, 'bob', 'Bergen', 0), (2, 'Cy', 'Oslo', 0), (5, 'Dee', NULL, 1)) v(id, name, city, boss)`;

/** Each has an order that leaves nothing open. */
const statements: Readonly<Record<string, Asked>> = {
	'inner join': { sql: 'SELECT o.id, c.name FROM orders o JOIN customers c ON c.id = o.customer ORDER BY o.id' },
	'left join': {
		sql: 'SELECT o.id, c.name FROM orders o LEFT JOIN customers c ON c.id = o.customer WHERE o.price > $least ORDER BY o.id',
		parameters: 'least: { type: decimal, default: 10 }',
		values: { least: 20.5 }
	},
	'right join': {
		sql: 'SELECT o.id, c.name FROM orders o RIGHT JOIN customers c ON c.id = o.customer ORDER BY c.name, o.id'
	},
	'full join using': {
		sql: 'SELECT customer, count(o.id) AS n, max(name) AS name FROM orders o FULL JOIN (SELECT id AS customer, name FROM customers) USING (customer) GROUP BY customer ORDER BY customer NULLS FIRST'
	},
	'semi join': { sql: 'SELECT id FROM customers SEMI JOIN orders ON orders.customer = customers.id ORDER BY id' },
	'anti join': { sql: 'SELECT id FROM customers ANTI JOIN orders ON orders.customer = customers.id ORDER BY id' },
	'cross join': { sql: 'SELECT a.id, b.id AS other FROM customers a, customers b WHERE a.id < b.id ORDER BY ALL' },
	'self join': {
		sql: 'SELECT c.name, b.name AS boss FROM customers c LEFT JOIN customers b ON b.id = c.boss ORDER BY c.id'
	},
	'asof join': {
		sql: 'SELECT o.id, p.id AS earlier FROM orders o ASOF JOIN (SELECT id, moment FROM orders WHERE is_paid) p ON o.moment > p.moment ORDER BY o.id'
	},
	aggregates: {
		sql: `SELECT kind, count(*) AS n, count(ratio) AS known, count(DISTINCT customer) AS customers, sum(id) AS ids, sum(price) AS total, avg(price) AS mean,
			min(day) AS first, max(moment) AS last, bool_or(is_paid) AS any_paid, arg_max(id, price) AS dearest
			FROM orders GROUP BY kind ORDER BY kind NULLS LAST`
	},
	'lists and texts': {
		sql: "SELECT customer, list(id ORDER BY id DESC) AS ids, string_agg(kind, ', ' ORDER BY id) AS kinds FROM orders GROUP BY customer ORDER BY customer"
	},
	spread: {
		sql: 'SELECT kind, median(price) AS mid, quantile_cont(price, $share) AS part, quantile_disc(id, 0.25) AS low, stddev(price) AS spread, var_pop(id) AS v, mode(kind) AS often FROM orders GROUP BY kind ORDER BY kind',
		parameters: 'share: { type: decimal, min: 0, max: 1 }',
		values: { share: 0.9 }
	},
	'filtered aggregates': {
		sql: 'SELECT count(*) FILTER (WHERE is_paid) AS paid, sum(price) FILTER (WHERE day < $until) AS early FROM orders',
		parameters: 'until: { type: date }',
		values: { until: '2024-06-01' }
	},
	having: {
		sql: 'SELECT customer, sum(price) AS total FROM orders GROUP BY customer HAVING count(*) > $least ORDER BY total',
		parameters: 'least: { type: integer }',
		values: { least: 6 }
	},
	'grouping sets': {
		sql: 'SELECT kind, is_paid, grouping(kind, is_paid) AS level, count(*) AS n FROM orders GROUP BY GROUPING SETS ((kind, is_paid), (kind), ()) ORDER BY level, kind, is_paid'
	},
	'cube and rollup': {
		sql: 'SELECT kind, is_paid, count(*) AS n FROM orders GROUP BY ROLLUP (kind, is_paid) ORDER BY n DESC, kind, is_paid'
	},
	distinct: { sql: 'SELECT DISTINCT kind, is_paid FROM orders ORDER BY kind, is_paid' },
	'distinct on': { sql: 'SELECT DISTINCT ON (kind) kind, id FROM orders ORDER BY kind, id DESC' },
	offset: {
		sql: 'SELECT id, kind FROM orders ORDER BY id LIMIT $count OFFSET $start',
		parameters: 'count: { type: integer, min: 0 }, start: { type: integer, min: 0 }',
		values: { count: 7, start: 30 }
	},
	ilike: {
		sql: "SELECT id FROM orders WHERE kind ILIKE '%E%' AND kind NOT ILIKE $like ORDER BY id",
		parameters: 'like: { type: text }',
		values: { like: 'te_' }
	},
	patterns: {
		sql: "SELECT id, regexp_replace(kind, '[aeiou]', '*', 'g') AS masked, regexp_extract(kind, '(.)$', 1) AS end, kind SIMILAR TO '[a-z]+' AS is_small FROM orders WHERE regexp_matches(kind, $like) ORDER BY id",
		parameters: 'like: { type: text }',
		values: { like: '^[tC]' }
	},
	texts: {
		sql: "SELECT id, upper(name) AS up, length(name) AS n, reverse(name) AS back, name || '-' || coalesce(city, '?') AS both, format('{:>6}', name) AS padded FROM customers ORDER BY name"
	},
	'case and casts': {
		sql: "SELECT id, CASE WHEN ratio IS NULL THEN 'none' WHEN isnan(ratio) THEN 'nan' ELSE ratio::VARCHAR END AS said, TRY_CAST(kind AS INTEGER) AS failed, id::UTINYINT AS tiny, price::INTEGER AS whole FROM orders ORDER BY id"
	},
	dates: {
		sql: "SELECT id, date_trunc('month', day) AS month, day + INTERVAL 1 MONTH AS later, date_diff('day', day, $to) AS days, strftime(moment, '%d.%m.%Y %H:%M') AS text, dayname(day) AS name, moment - INTERVAL (id) MINUTE AS earlier FROM orders ORDER BY id",
		parameters: 'to: { type: date }',
		values: { to: '2025-02-28' }
	},
	'times with a zone': {
		sql: "SELECT id, zoned, date_trunc('day', zoned) AS day, extract(hour FROM zoned) AS hour, zoned AT TIME ZONE 'America/New_York' AS there, strftime(zoned, '%H:%M %Z') AS said, zoned::DATE AS date FROM orders ORDER BY zoned DESC"
	},
	'times with a zone, grouped': {
		sql: 'SELECT time_bucket(INTERVAL 1 DAY, zoned) AS day, count(*) AS n FROM orders WHERE zoned >= $since::TIMESTAMPTZ GROUP BY ALL ORDER BY day',
		parameters: 'since: { type: timestamp }',
		values: { since: '2024-04-02T00:00:00Z' }
	},
	windows: {
		sql: 'SELECT id, row_number() OVER (PARTITION BY kind ORDER BY id) AS n, sum(price) OVER (ORDER BY id ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS near, lag(day) OVER (ORDER BY id) AS before, ntile(4) OVER (ORDER BY price) AS part, first_value(id) OVER w AS first FROM orders WINDOW w AS (PARTITION BY is_paid ORDER BY id DESC) ORDER BY id'
	},
	qualify: {
		sql: 'SELECT customer, id, price FROM orders QUALIFY rank() OVER (PARTITION BY customer ORDER BY price DESC) <= $top ORDER BY customer, price DESC',
		parameters: 'top: { type: integer, default: 1 }',
		values: { top: 2 }
	},
	with: {
		sql: 'WITH dear AS (SELECT * FROM orders WHERE price > 30), n AS MATERIALIZED (SELECT customer, count(*) AS n FROM dear GROUP BY ALL) SELECT c.name, n.n FROM n JOIN customers c ON c.id = n.customer ORDER BY ALL'
	},
	recursive: {
		sql: 'WITH RECURSIVE below AS (SELECT id, name, 0 AS depth FROM customers WHERE boss IS NULL UNION ALL SELECT c.id, c.name, depth + 1 FROM customers c JOIN below b ON c.boss = b.id) SELECT * FROM below ORDER BY depth, id'
	},
	'set operations': {
		sql: '(SELECT customer AS id FROM orders UNION SELECT id FROM customers) EXCEPT SELECT 1 ORDER BY id'
	},
	'intersect and union by name': {
		sql: "(SELECT id FROM customers INTERSECT SELECT customer FROM orders) UNION ALL BY NAME SELECT 'x' AS mark, 9 AS id FROM customers WHERE id = 0 ORDER BY id"
	},
	'in a subquery': {
		sql: 'SELECT id FROM orders WHERE customer IN (SELECT id FROM customers WHERE city = $city) OR customer NOT IN (SELECT id FROM customers) ORDER BY id',
		parameters: 'city: { type: text, allowed: [ Oslo, Bergen ] }',
		values: { city: 'Bergen' }
	},
	'exists, correlated': {
		sql: 'SELECT name, (SELECT max(price) FROM orders o WHERE o.customer = c.id) AS most FROM customers c WHERE NOT EXISTS (FROM orders o WHERE o.customer = c.id AND o.price > 53) ORDER BY name'
	},
	lateral: {
		sql: 'SELECT c.name, o.id FROM customers c, LATERAL (SELECT id FROM orders WHERE customer = c.id ORDER BY price DESC LIMIT 2) o ORDER BY ALL'
	},
	pivot: {
		sql: "SELECT * FROM (PIVOT orders ON kind IN ('tea', 'milk') USING sum(price) AS total, count(*) AS n GROUP BY is_paid) ORDER BY is_paid"
	},
	unpivot: {
		sql: 'SELECT id, what, value FROM (UNPIVOT (SELECT id, price::DOUBLE AS price, ratio FROM orders) ON price, ratio INTO NAME what VALUE value) ORDER BY id, what'
	},
	'unnested lists': {
		sql: 'SELECT id, unnest(tags) AS tag, len(tags) AS n, list_transform(tags, t -> upper(t)) AS loud, tags[2:2] AS part FROM orders WHERE list_contains($ids, id) ORDER BY id, tag',
		parameters: 'ids: { type: list, of: integer }',
		values: { ids: [3, 8, 21] }
	},
	'structs and maps': {
		sql: "SELECT id, box.size + 1 AS size, box, {'a': price::DOUBLE, 'b': [id, NULL]} AS made, map([kind], [id]) AS m FROM orders WHERE kind IS NOT NULL ORDER BY id"
	},
	json: {
		sql: "SELECT id, doc->>'$.i' AS i, doc->'deep' AS deep, json_array_length(doc, 'deep') AS n, doc, to_json({'k': kind}) AS made FROM orders ORDER BY id"
	},
	'large numbers': {
		sql: 'SELECT sum(big) AS total, sum(big)::HUGEINT * 1000000 AS huge, max(big) AS most, min(big) AS least, count(*) * 9007199254740993 AS beyond FROM orders'
	},
	decimals: {
		sql: 'SELECT id, price * price AS squared, price / 3 AS third, round(price * 1.255, 1) AS rounded, (price * 100000)::DECIMAL(28, 10) AS wide, -price AS less FROM orders ORDER BY id'
	},
	'what is no number': {
		sql: "SELECT id, ratio, ratio > 1 AS is_more, ratio + 1 AS more, greatest(ratio, 0) AS most, NULL AS nothing, 'inf'::FLOAT AS f, infinity AS never FROM (SELECT *, DATE 'infinity' AS infinity FROM orders) ORDER BY ratio, id"
	},
	'values left out': {
		sql: 'SELECT count(*) AS n, $kind AS asked FROM orders WHERE ($kind IS NULL OR lower(kind) = lower($kind)) AND id > $least',
		parameters: 'kind: { type: text, required: false }, least: { type: integer, default: 3 }'
	},
	'a list that is empty by itself': {
		sql: 'SELECT count(*) AS n FROM orders WHERE len($kinds) = 0 OR list_contains($kinds, upper(kind))',
		parameters: 'kinds: { type: list, of: text, default: [] }'
	},
	'no rows': { sql: 'SELECT kind, sum(price) AS total, list(id) AS ids FROM orders WHERE false GROUP BY kind' },
	'more than a page': { sql: 'SELECT a.id, b.id AS other FROM orders a, orders b ORDER BY a.id * 100 + b.id' },
	'a description of the columns': {
		sql: 'SELECT column_name, column_type FROM (DESCRIBE orders) ORDER BY column_name'
	},
	'other texts of a name': { sql: 'SELECT "ORDERS".id FROM "Orders" WHERE "Orders".ID < 3 ORDER BY 1 DESC' }
};

test('what the server answers of SQL is what the page answers, for statements of every kind', async ({ page }) => {
	test.setTimeout(300_000);
	await openWorkspace(page);
	const ready = await page.evaluate(
		async ([orders, customers]) => {
			const { weir } = globalThis as never as WithWeir;
			const saved = [await weir.save('orders', orders ?? ''), await weir.save('customers', customers ?? '')];
			const words = await weir.recoveryWords();
			const on = await weir.turnOnSync({
				passphrase: 'a sentence of mine',
				words: words.ok ? words.value.join(' ') : '',
				device: 'Laptop'
			});
			return [...saved, on, await weir.publish('orders')].flatMap((one) => (one.ok ? [] : [one.error]));
		},
		[ORDERS, CUSTOMERS]
	);
	expect(ready).toEqual([]);

	await page.evaluate(() =>
		(globalThis as never as WithWeir).weir.defineQuery(
			'by city',
			'sql: SELECT city, count(*) AS n FROM orders o JOIN customers c ON c.id = o.customer GROUP BY city ORDER BY city'
		)
	);
	await page.goto('/queries?query=by%20city');
	await page.getByRole('tab', { name: 'Publish' }).click();
	const publish = page.getByRole('region', { name: 'Publish by city' });
	await patient(publish.getByText('the server keeps its text in the clear')).toBeVisible();
	await expect(publish.getByText('customers is not published')).toBeVisible();
	await expectClean(page, 'a query of which a dataset is not published');
	await publish.getByRole('link', { name: 'Publish it on the page Programs' }).click();
	await page.getByRole('button', { name: 'Publish it to everybody' }).click();
	await patient(page.getByRole('heading', { name: 'customers', exact: true })).toBeVisible();
	await page.goto('/queries?query=by%20city');
	await page.getByRole('tab', { name: 'Publish' }).click();
	await publish.getByRole('button', { name: 'Publish it to everybody' }).click();
	await patient(publish.getByText('It is published as it stands.')).toBeVisible();
	await expectClean(page, 'a statement that is published');

	for (const [name, asked] of Object.entries(statements))
		await test.step(name, async () => {
			const { here, there } = await bothOf(page, name, asked);
			expect.soft(there, name).toEqual(here);
			if (name !== 'no rows') expect.soft(here, `${name} has rows`).not.toMatchObject({ rows: [] });
		});
});

/** What the page's engine answers, in the form of the API, and what the API answers. */
async function bothOf(
	page: Page,
	name: string,
	{ sql, parameters, values = {} }: Asked
): Promise<{ readonly here: unknown; readonly there: unknown }> {
	const text = `sql: ${JSON.stringify(sql.replaceAll(/\s+/g, ' '))}\n${parameters === undefined ? '' : `parameters: { ${parameters} }`}`;
	return page.evaluate(
		async ({ name, text, values }) => {
			const { weir } = globalThis as never as WithWeir;
			const saved = await weir.defineQuery(name, text);
			const published = await weir.publishQuery(name);
			const asked = await weir.askQuery(name, values);
			const problems = [saved, published, asked].flatMap((one) => (one.ok ? [] : [one.error]));
			if (!published.ok || !asked.ok) return { here: problems, there: null };
			const columns = asked.value.columns.map(({ name, type }) => ({ name, type }));
			const rows = (await asked.value.rows()).map((row) => columns.map(({ name, type }) => cell(row[name], type)));
			await asked.value.release();

			const given = Object.entries(values).flatMap(([key, value]) =>
				(Array.isArray(value) ? (value as readonly unknown[]) : [value]).map((one) => [key, String(one)])
			);
			const answered: unknown[] = [];
			let next: string | null = `${published.value.path}/rows?${new URLSearchParams(given).toString()}`;
			let told: unknown = null;
			while (next !== null) {
				const answer = await fetch(next);
				const page = (await answer.json()) as Told & { readonly next: string | null };
				if (!answer.ok) return { here: null, there: page };
				told = page.columns;
				for (const row of page.rows as readonly Readonly<Record<string, unknown>>[])
					answered.push(columns.map(({ name, type }) => read(row[name], type)));
				next = page.next;
			}
			return { here: { columns, rows }, there: { columns: told, rows: answered } };

			/** A script's value as JSON has it: whole numbers beyond 2^53, and what is no number, as texts; times in UTC without an end. */
			function cell(value: unknown, type: string): unknown {
				if (value === null || value === undefined) return null;
				if (type === 'JSON' && typeof value === 'string') return JSON.parse(value);
				if (value instanceof Date) {
					if (Number.isNaN(value.getTime())) return 'infinity';
					const iso = value
						.toISOString()
						.replace(/(\.\d*?)0*Z$/, '$1')
						.replace(/\.$/, '');
					return type === 'DATE' ? iso.replace(/T.*/, '') : iso;
				}
				if (typeof value === 'bigint') return String(value);
				if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
				if (type.startsWith('MAP')) return Object.fromEntries(value as readonly (readonly [string, unknown])[]);
				if (Array.isArray(value)) return value.map((one) => cell(one, ''));
				if (typeof value !== 'object') return value;
				return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, cell(one, '')]));
			}

			/** Decimals and numbers of 128 bits are texts there where a script has the nearest double. */
			function read(value: unknown, type: string): unknown {
				return typeof value === 'string' && /^(DECIMAL|HUGEINT)/.test(type) ? Number(value) : (value ?? null);
			}
		},
		{ name, text, values }
	);
}
