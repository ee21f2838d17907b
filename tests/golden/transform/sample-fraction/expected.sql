WITH sampled AS (
  SELECT *
  FROM many
  USING SAMPLE 10 PERCENT (bernoulli, 7)
)
SELECT count(*) BETWEEN 50 AND 150 AS "between"
FROM sampled
