WITH pivoted AS (
  SELECT *
  FROM sales
  PIVOT (
    sum(amount)
    FOR quarter IN ('Q1', 'Q2', 'Q3')
    GROUP BY region
  )
)
SELECT *
FROM pivoted
ORDER BY region
