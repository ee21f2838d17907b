SELECT
  * REPLACE (score * 2 AS score),
  upper(name[1]) AS initial,
  1 AS one
FROM people
