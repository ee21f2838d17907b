// The benchmark's questions: one text for every SQL engine, so that only engines differ.

export type Query = { readonly id: string; readonly title: string; readonly sql: string };

/** Over `events` (ts, user_id, category, value, note) and `users` (user_id, segment), both loaded tables. */
export const eventQueries: readonly Query[] = [
	{
		id: 'scan',
		title: 'scan and aggregate',
		sql: 'select count(*) as n, sum(value) as s from events where value > 0.25'
	},
	{
		id: 'group',
		title: 'group by category',
		sql: 'select category, count(*) as n, avg(value) as mean from events group by category order by category'
	},
	{
		id: 'group-user',
		title: 'group by 100k users',
		sql: 'select count(*) as n, max(s) as top from (select user_id, sum(value) as s from events group by user_id) as g'
	},
	{
		id: 'join',
		title: 'join and aggregate',
		sql: 'select u.segment, count(*) as n, avg(e.value) as mean from events e join users u on u.user_id = e.user_id group by u.segment order by u.segment'
	},
	{
		id: 'window',
		title: 'moving average per user',
		sql: 'select avg(m) as mean from (select avg(value) over (partition by user_id order by ts rows between 2 preceding and current row) as m from events) as w'
	},
	{
		id: 'sort',
		title: 'sort all rows',
		sql: 'select sum(r * value) as s from (select row_number() over (order by value, ts) as r, value from events) as o'
	},
	{ id: 'top', title: 'top 100', sql: 'select ts, user_id, value from events order by value desc, ts limit 100' }
];

/** Over the shipped sample of 3 million flights. */
export const flightQueries: readonly Query[] = [
	{
		id: 'flights-group',
		title: 'flights: delay by origin',
		sql: 'select origin, count(*) as n, avg(delay) as mean from flights group by origin order by n desc limit 20'
	},
	{
		id: 'flights-hour',
		title: 'flights: delay by hour',
		sql: 'select extract(hour from date) as h, avg(delay) as mean from flights group by h order by h'
	},
	{
		id: 'flights-window',
		title: 'flights: moving average per origin',
		sql: 'select avg(m) as mean from (select avg(delay) over (partition by origin order by date rows between 2 preceding and current row) as m from flights) as w'
	}
];

/** Deterministic events: 100k users, 20 categories, a double, and text with 30 % nulls. */
export function eventsSql(rowCount: number): string {
	return `select timestamp '2024-01-01' + to_milliseconds(i * 1000 + (hash(i) % 1000)::bigint) as ts,
		(hash(i + 7) % 100000)::integer as user_id,
		'category ' || (hash(i + 13) % 20) as category,
		round((hash(i + 29) % 1000003) / 1000003.0, 6)::double as value,
		case when hash(i + 31) % 10 < 3 then null else 'note ' || (hash(i + 37) % 5000) end as note
	from range(${rowCount}) as r(i)`;
}

export const usersSql =
	"select i::integer as user_id, 'segment ' || (hash(i) % 8) as segment from range(100000) as r(i)";
