WITH windowed AS (
  SELECT
    *,
    avg(value) OVER (PARTITION BY user_id ORDER BY moment ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS moving_avg
  FROM events
)
SELECT *
FROM windowed
ORDER BY user_id, moment
