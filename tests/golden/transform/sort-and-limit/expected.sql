WITH sorted AS (
  SELECT *
  FROM people
  ORDER BY score DESC NULLS FIRST, id
)
SELECT *
FROM sorted
LIMIT 2 OFFSET 1
