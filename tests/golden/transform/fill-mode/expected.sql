WITH filled AS (
  SELECT * REPLACE (coalesce(word, mode(word) OVER (PARTITION BY grp)) AS word)
  FROM gaps
)
SELECT *
FROM filled
ORDER BY grp, nr
