WITH deduplicated AS (
  SELECT DISTINCT *
  FROM twice
)
SELECT *
FROM deduplicated
ORDER BY a, b
