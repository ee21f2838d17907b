SELECT * EXCLUDE (score, city)
FROM people
