SELECT *
FROM people
