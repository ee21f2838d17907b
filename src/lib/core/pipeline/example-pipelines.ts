// Pipelines that are shipped with Weir, each over a table that is shipped too: they run as they are.

export type ExamplePipeline = {
	readonly name: string;
	readonly title: string;
	readonly about: string;
	readonly text: string;
};

const rain = `# A first pipeline: bring a table in, make something of it, check it, and go on by what the check says.
name: seattle-rain
description: Rain by year and month, and one table for each kind of weather.

params:
  # Given at a run; a step reads it as \${{ params.wet_mm }}.
  wet_mm: { type: number, default: 10, description: Millimetres from which a day counts as wet }

# Whatever fails is tried again, twice.
retry: { attempts: 3, delay: 2s }

steps:
  - id: weather
    kind: ingest
    sample: seattle-weather
    into: seattle_weather

  - id: rain_by_month
    kind: transform
    needs: [weather]
    sql: |
      SELECT date_trunc('month', date) AS month,
             round(sum(precipitation), 1) AS rain_mm,
             count(*) FILTER (precipitation >= \${{ params.wet_mm }}) AS wet_days
      FROM seattle_weather
      GROUP BY ALL
      ORDER BY month
    into: rain_by_month

  # Nothing behind it runs on a table that is wrong.
  - id: four_years
    kind: check
    needs: [rain_by_month]
    severity: warn
    sql: SELECT count(*) = 48 AND min(rain_mm) >= 0 FROM rain_by_month

  - id: is_complete
    kind: branch
    needs: [four_years]
    verdict_of: four_years
    passed: [rain_by_year, by_weather]
    else: [gaps]

  - id: rain_by_year
    kind: transform
    needs: [is_complete, rain_by_month]
    sql: SELECT year(month) AS year, sum(rain_mm) AS rain_mm, sum(wet_days) AS wet_days FROM rain_by_month GROUP BY ALL ORDER BY year
    into: rain_by_year

  # One step for each kind of weather that there is.
  - id: by_weather
    kind: for-each
    needs: [is_complete, weather]
    sql: SELECT DISTINCT weather FROM seattle_weather ORDER BY weather
    do:
      kind: transform
      sql: SELECT date, temp_max, temp_min, wind FROM seattle_weather WHERE weather = \${{ item.weather }} ORDER BY date
      into: seattle_\${{ item.weather }}

  - id: gaps
    kind: transform
    needs: [is_complete]
    sql: SELECT month FROM rain_by_month WHERE rain_mm IS NULL
    into: months_without_rain

  - id: done
    kind: join
    needs: [rain_by_year, by_weather, gaps]
    trigger: none_failed_min_one_success
`;

const movies = `# One run for each genre: a backfill fills the calendar, and a run that failed is done again by itself.
name: movies-by-genre
description: The best films of one genre, with a schedule and a partition for each genre.

params:
  genre: { type: text, default: Comedy }
  least_votes: { type: integer, default: 1000 }

env: { least_rating: 7 }
environments:
  strict: { least_rating: 8 }

# While a page is open. What a closed page missed is listed, and the latest of it runs when the page opens.
schedule: { cron: '0 6 * * 1-5', time_zone: Europe/Berlin, catch_up: latest }

partitions: { param: genre, by: list, values: [Comedy, Drama, Action, Horror, Western, Musical] }

steps:
  - { id: movies, kind: ingest, sample: movies, into: movies }

  - id: best
    kind: transform
    needs: [movies]
    sql: |
      SELECT Title AS title, "IMDB Rating" AS rating, "IMDB Votes" AS votes
      FROM movies
      WHERE "Major Genre" = \${{ params.genre }}
        AND "IMDB Votes" >= \${{ params.least_votes }}
        AND "IMDB Rating" >= \${{ env.least_rating }}
      ORDER BY rating DESC, votes DESC
    into: best_\${{ params.genre }}

  - id: not_empty
    kind: check
    needs: [best]
    sql: SELECT count(*) > 0 FROM movies WHERE "Major Genre" = \${{ params.genre }}
`;

export const examplePipelines: readonly ExamplePipeline[] = [
	{
		name: 'seattle-rain',
		title: 'Rain in Seattle',
		about: 'Import, transform, a check as a gate, a branch on its verdict, and a step for each kind of weather.',
		text: rain
	},
	{
		name: 'movies-by-genre',
		title: 'Movies by genre',
		about: 'A schedule, environments, and a partition for each genre to fill back.',
		text: movies
	}
];

/** What a new pipeline begins with: it runs as it is. */
export function blankPipeline(name: string): string {
	return `name: ${name}

steps:
  - id: first
    kind: transform
    sql: SELECT 1 AS one
    into: ${name.replaceAll('-', '_')}_first
`;
}
