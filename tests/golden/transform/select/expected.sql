SELECT name, id
FROM people
