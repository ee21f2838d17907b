WITH "high scores" AS (
  SELECT *
  FROM people@v1
  WHERE score > 3
)
SELECT *
FROM "high scores"
WHERE id < 3
