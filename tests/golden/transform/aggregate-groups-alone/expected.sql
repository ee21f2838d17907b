WITH aggregated AS (
  SELECT city
  FROM people
  GROUP BY city
)
SELECT *
FROM aggregated
ORDER BY city DESC
