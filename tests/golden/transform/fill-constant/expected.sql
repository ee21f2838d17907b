WITH filled AS (
  SELECT * REPLACE (coalesce(name, 'O''Nobody') AS name, coalesce(city, 'O''Nobody') AS city)
  FROM people
)
SELECT *
FROM filled
ORDER BY id
