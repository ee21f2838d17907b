WITH filtered AS (
  SELECT *
  FROM people
  WHERE score > 3 -- not the others
)
SELECT *
FROM filtered
LIMIT 10
