SELECT "größe ""in"" cm", "select"
FROM "odd names"
