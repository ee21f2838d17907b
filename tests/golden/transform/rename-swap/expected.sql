SELECT * RENAME (name AS city, city AS name)
FROM people
