WITH filled AS (
  SELECT * REPLACE (coalesce(value, avg(value) OVER (PARTITION BY grp)) AS value)
  FROM gaps
)
SELECT *
FROM filled
ORDER BY grp, nr
