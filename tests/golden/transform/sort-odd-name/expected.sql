SELECT *
FROM "odd names"
ORDER BY "order by" DESC
