SELECT *
FROM people
WHERE score > 3 OR score IS NULL
