WITH unpivoted AS (
  SELECT *
  FROM wide
  UNPIVOT INCLUDE NULLS (value FOR name IN (jan, feb))
)
SELECT *
FROM unpivoted
ORDER BY id, name
