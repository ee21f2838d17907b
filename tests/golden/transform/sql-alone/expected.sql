SELECT city, count(*) AS people
FROM people@v1
GROUP BY city
ORDER BY city
