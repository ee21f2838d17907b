WITH filtered AS (
  SELECT *
  FROM nobody
  WHERE id > 0
)
SELECT
  *,
  id * 2 AS twice
FROM filtered
