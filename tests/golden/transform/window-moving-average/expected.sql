WITH windowed AS (
  SELECT
    *,
    avg(value) OVER w AS moving_avg,
    list_sum(list(value) OVER w) / nullif(len(list(value) FILTER (value IS NOT NULL) OVER w), 0) AS custom_metric
  FROM events
  WINDOW w AS (PARTITION BY user_id ORDER BY moment ROWS BETWEEN 2 PRECEDING AND CURRENT ROW)
)
SELECT *
FROM windowed
ORDER BY user_id, moment
