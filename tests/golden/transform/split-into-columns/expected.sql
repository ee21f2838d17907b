SELECT
  * EXCLUDE (tags),
  string_split(tags, ',')[1] AS first,
  string_split(tags, ',')[2] AS second
FROM texts
