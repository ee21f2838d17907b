SELECT
  count(*) AS rows,
  max(id) AS largest
FROM nobody
