WITH united AS (
  SELECT *
  FROM people
  UNION ALL BY NAME
  SELECT *
  FROM more
)
SELECT *
FROM united
ORDER BY id
