WITH windowed AS (
  SELECT
    *,
    count(value) OVER (PARTITION BY user_id ORDER BY moment RANGE BETWEEN INTERVAL '2 minutes' PRECEDING AND CURRENT ROW) AS lately
  FROM events
)
SELECT *
FROM windowed
ORDER BY user_id, moment
