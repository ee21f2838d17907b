SELECT 'Oslo' AS city, 9 AS id, true AS active
