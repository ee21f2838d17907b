SELECT * FROM (VALUES
  (1, 'Ann', 'Ulm', 10.5::DOUBLE),
  (2, 'Bob', NULL, NULL),
  (3, NULL, 'Bern', 7),
  (4, 'Zoë', 'Ulm', 2.25)
) AS t(id, name, city, score)
