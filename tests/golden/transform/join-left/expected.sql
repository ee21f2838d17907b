WITH joined AS (
  SELECT l.*, r.country, r.score AS score_cities
  FROM people AS l
  LEFT JOIN cities AS r ON l.city = r.city
)
SELECT *
FROM joined
ORDER BY id
