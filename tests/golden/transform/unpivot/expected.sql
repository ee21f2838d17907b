WITH unpivoted AS (
  SELECT *
  FROM wide
  UNPIVOT (amount FOR month IN (jan, feb))
)
SELECT *
FROM unpivoted
ORDER BY id, month
