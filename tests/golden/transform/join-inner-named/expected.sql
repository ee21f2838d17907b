WITH joined AS (
  SELECT l.*, r.country
  FROM people AS l
  INNER JOIN cities AS r ON l.city = r.city
)
SELECT *
FROM joined
ORDER BY id
