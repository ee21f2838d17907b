WITH filtered AS (
  SELECT *
  FROM people
  WHERE id < 4
),
queried AS (
  SELECT input.city, count(*) AS people
  FROM filtered AS input
  WHERE 'input' <> ''
  GROUP BY city
)
SELECT *
FROM queried
ORDER BY city
