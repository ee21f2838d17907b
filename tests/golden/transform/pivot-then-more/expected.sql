WITH pivoted AS (
  SELECT *
  FROM sales
  PIVOT (
    sum(amount)
    FOR quarter IN ('Q1', 'Q2')
    GROUP BY region
  )
),
derived AS (
  SELECT
    *,
    coalesce(Q1, 0) + coalesce(Q2, 0) AS "both"
  FROM pivoted
)
SELECT *
FROM derived
ORDER BY region
