WITH filtered AS (
  SELECT *
  FROM people
  WHERE id < 4
),
queried AS (
  WITH named AS (SELECT * FROM filtered AS input WHERE name IS NOT NULL)
  SELECT count(*) AS people FROM named
)
SELECT *
FROM queried
