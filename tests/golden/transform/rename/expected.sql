SELECT * RENAME (id AS number, name AS "first name")
FROM people
