WITH filtered_2 AS (
  SELECT *
  FROM filtered
  WHERE id > 1
),
filtered_3 AS (
  SELECT *
  FROM filtered_2
  WHERE id > 2
)
SELECT *
FROM filtered_3
ORDER BY id
