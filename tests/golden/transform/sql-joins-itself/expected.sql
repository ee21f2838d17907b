SELECT a.id, b.id AS other FROM people a JOIN people AS b ON a.id + 1 = b.id ORDER BY a.id
