WITH windowed AS (
  SELECT
    *,
    rank() OVER (ORDER BY value DESC NULLS LAST) AS place
  FROM events
)
SELECT *
FROM windowed
ORDER BY place, user_id
