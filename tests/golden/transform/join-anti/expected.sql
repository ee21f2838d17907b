SELECT l.*
FROM cities AS l
ANTI JOIN people AS r ON l.city = r.city
