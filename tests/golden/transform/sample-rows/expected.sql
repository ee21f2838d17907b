WITH sampled AS (
  SELECT *
  FROM many
  USING SAMPLE reservoir(5 ROWS) REPEATABLE (42)
)
SELECT count(*) AS rows
FROM sampled
