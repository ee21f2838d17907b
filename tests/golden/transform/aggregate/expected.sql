WITH aggregated AS (
  SELECT
    city,
    count(*) AS people,
    avg(score) AS mean
  FROM people
  GROUP BY city
)
SELECT *
FROM aggregated
ORDER BY city NULLS FIRST
