SELECT * REPLACE (CAST(amount AS INTEGER) AS amount)
FROM dirty
