SELECT l.*, r.id, r.name, r.score AS score_people
FROM cities AS l
LEFT JOIN people AS r ON l.city = r.city
