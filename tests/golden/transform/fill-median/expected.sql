WITH filled AS (
  SELECT * REPLACE (coalesce(value, median(value) OVER ()) AS value)
  FROM gaps
)
SELECT *
FROM filled
ORDER BY grp, nr
