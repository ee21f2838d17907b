WITH filled AS (
  SELECT * REPLACE (coalesce(city, 'two
lines') AS city)
  FROM people
)
SELECT *
FROM filled
WHERE city LIKE 'two%'
