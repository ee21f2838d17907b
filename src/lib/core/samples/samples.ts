// The real tables that are shipped with Weir, each with a first question to ask.

export type Sample = {
	readonly id: string;
	/** The dataset's name. */
	readonly name: string;
	readonly title: string;
	/** Under `/samples/`. */
	readonly file: string;
	readonly rowCount: number;
	readonly sizeBytes: number;
	readonly description: string;
	readonly source: string;
	readonly licence: string;
	readonly query: string;
};

export const samples: readonly Sample[] = [
	{
		id: 'flights',
		name: 'flights',
		title: 'Flight delays',
		file: 'flights-3m.parquet',
		rowCount: 3_000_000,
		sizeBytes: 13_493_022,
		description:
			'Three million flights in the United States in the first half of 2001: when, how late, how far, from where to where.',
		source: 'U.S. Bureau of Transportation Statistics',
		licence: 'Collected under U.S. DOT requirements (14 CFR 234); terms not stated',
		query: `-- When is a flight late? The delay by hour, and its moving average over three hours.
SELECT hour,
       flights,
       round(delay, 1) AS mean_delay_min,
       round(avg(delay) OVER (ORDER BY hour ROWS BETWEEN 2 PRECEDING AND CURRENT ROW), 1) AS moving_average
FROM (
  SELECT hour(date) AS hour, count(*) AS flights, avg(delay) AS delay
  FROM flights
  GROUP BY ALL
)
ORDER BY hour`
	},
	{
		id: 'movies',
		name: 'movies',
		title: 'Movies, with all their errors',
		file: 'movies.json',
		rowCount: 3201,
		sizeBytes: 1_399_981,
		description: 'A famously dirty table: titles that are numbers, dates in the future, zero budgets, missing ratings.',
		source: 'vega-datasets',
		licence: 'Not stated; a teaching resource with deliberate errors',
		query: `-- What earned most for each dollar spent? Tiny budgets are typing errors, so they are left out.
SELECT Title,
       "Major Genre" AS genre,
       "Production Budget" AS budget,
       "Worldwide Gross" AS gross,
       round("Worldwide Gross" / "Production Budget", 1) AS times_budget
FROM movies
WHERE "Production Budget" > 100000
ORDER BY times_budget DESC NULLS LAST
LIMIT 50`
	},
	{
		id: 'birdstrikes',
		name: 'birdstrikes',
		title: 'Bird strikes',
		file: 'birdstrikes.csv',
		rowCount: 10_000,
		sizeBytes: 1_223_329,
		description:
			'Ten thousand reports of aircraft that hit wildlife: where, what, in which phase of flight, at what cost.',
		source: 'FAA Wildlife Strike Database',
		licence: 'U.S. government work',
		query: `-- Which phase of flight costs most?
SELECT "Phase of flight" AS phase,
       count(*) AS strikes,
       sum("Cost Total $") AS cost_usd,
       round(avg("Speed IAS in knots"), 0) AS mean_knots
FROM birdstrikes
GROUP BY ALL
ORDER BY strikes DESC`
	},
	{
		id: 'seattle-weather',
		name: 'seattle_weather',
		title: 'Seattle weather',
		file: 'seattle-weather.csv',
		rowCount: 1461,
		sizeBytes: 48_219,
		description: 'Four years of daily weather: rain, temperatures, wind.',
		source: 'NOAA National Climatic Data Center',
		licence: 'U.S. government work',
		query: `-- Each month against the four-year mean of its kind.
SELECT date_trunc('month', date) AS month,
       round(sum(precipitation), 1) AS rain_mm,
       round(sum(precipitation) / avg(sum(precipitation)) OVER (PARTITION BY month(date_trunc('month', date))), 2) AS against_mean
FROM seattle_weather
GROUP BY ALL
ORDER BY month`
	},
	{
		id: 'airports',
		name: 'airports',
		title: 'Airports',
		file: 'airports.csv',
		rowCount: 3376,
		sizeBytes: 210_365,
		description: 'Airports of the United States with codes and coordinates; joins with the flights.',
		source: 'Data.gov',
		licence: 'U.S. government work',
		query: `SELECT state, count(*) AS airports
FROM airports
GROUP BY ALL
ORDER BY airports DESC`
	},
	{
		id: 'penguins',
		name: 'penguins',
		title: 'Palmer penguins',
		file: 'penguins.json',
		rowCount: 344,
		sizeBytes: 67_119,
		description: 'Measurements of three species of penguin in the Palmer Archipelago.',
		source: 'Kristen Gorman and the Palmer Station LTER',
		licence: 'CC0 1.0',
		query: `SELECT "Species" AS species,
       count(*) AS penguins,
       round(avg("Body Mass (g)")) AS mean_mass_g,
       round(corr("Beak Length (mm)", "Body Mass (g)"), 2) AS beak_to_mass
FROM penguins
GROUP BY ALL
ORDER BY species`
	},
	{
		id: 'stocks',
		name: 'stocks',
		title: 'Stock prices',
		file: 'stocks.csv',
		rowCount: 560,
		sizeBytes: 12_245,
		description: 'Monthly prices of five companies from 2000 to 2010, with dates such as "Jan 1 2000".',
		source: 'vega-datasets',
		licence: 'Not stated',
		query: `SELECT symbol, min(price) AS lowest, max(price) AS highest, round(avg(price), 2) AS mean
FROM stocks
GROUP BY ALL
ORDER BY symbol`
	},
	{
		id: 'unemployment',
		name: 'unemployment',
		title: 'Unemployment by county',
		file: 'unemployment.tsv',
		rowCount: 3218,
		sizeBytes: 34_739,
		description: 'Rates for each county of the United States, tab-separated.',
		source: 'U.S. Bureau of Labor Statistics',
		licence: 'U.S. government work',
		query: `SELECT quantile_cont(rate, [0.1, 0.5, 0.9]) AS deciles, max(rate) AS highest
FROM unemployment`
	}
];
