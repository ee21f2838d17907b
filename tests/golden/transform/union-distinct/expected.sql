WITH selected AS (
  SELECT city
  FROM people
),
united AS (
  SELECT *
  FROM selected
  UNION BY NAME
  SELECT *
  FROM cities
  UNION BY NAME
  SELECT *
  FROM people
),
selected_2 AS (
  SELECT city
  FROM united
),
deduplicated AS (
  SELECT DISTINCT *
  FROM selected_2
)
SELECT *
FROM deduplicated
ORDER BY city
