WITH joined AS (
  SELECT l.* REPLACE (coalesce(l.city, r.city) AS city), r.country, r.score AS score_of_city
  FROM people AS l
  FULL JOIN cities AS r ON l.city = r.city
)
SELECT *
FROM joined
ORDER BY id, city
