SELECT * REPLACE (coalesce(city, 'nowhere') AS CITY)
FROM people
