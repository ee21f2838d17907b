// The suite that is shipped with Weir: what a table of films should be, of a table that is famous for what is wrong with it.

export const sampleSuite = {
	name: 'films, as they should be',
	/** The sample it checks, by its name. */
	sample: 'movies',
	text: `# What a table of films should be. Not everything here holds.
description: What a table of films should be
dataset: movies
key: [ Title ]
checks:
  - expect_table_row_count_to_be_between: { min_value: 3000 }
  - expect_column_values_to_not_be_null: { column: Title }
    description: Nobody can look up a film without a title.
  - expect_compound_columns_to_be_unique: { column_list: [ Title, Release Date ] }
  - expect_column_values_to_match_strftime_format: { column: Release Date, strftime_format: '%b %d %Y' }
  # Two digits of a year were read as those of this century.
  - expect_rows_to_satisfy_sql:
      condition: year(try_strptime("Release Date", '%b %d %Y')) <= 2011
      columns: [ Release Date ]
    name: no film comes from the future
  - expect_column_values_to_be_in_set: { column: MPAA Rating, value_set: [ G, PG, PG-13, R, NC-17, Not Rated ] }
  - expect_column_pair_values_a_to_be_greater_than_b: { column_A: Worldwide Gross, column_B: US Gross, or_equal: true }
    description: The world has the United States in it.
  - expect_column_values_to_be_between: { column: US Gross, min_value: 1 }
    severity: warn
    description: A film that earned nothing was more likely not counted.
  - expect_column_values_to_be_between: { column: Production Budget, min_value: 1000 }
  - expect_column_values_to_be_between: { column: Running Time min, min_value: 20, max_value: 240 }
  - expect_column_values_to_be_between: { column: IMDB Rating, min_value: 0, max_value: 10 }
  - expect_column_values_to_not_be_null: { column: Director, mostly: 0.9 }
    severity: warn
  - expect_column_mean_to_be_between: { column: Rotten Tomatoes Rating, min_value: 45, max_value: 60 }
`
};
