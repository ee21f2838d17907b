WITH deduplicated AS (
  SELECT *
  FROM events
  QUALIFY row_number() OVER (PARTITION BY user_id ORDER BY value DESC NULLS FIRST) = 1
)
SELECT *
FROM deduplicated
ORDER BY user_id
