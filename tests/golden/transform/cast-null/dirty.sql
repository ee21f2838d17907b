SELECT * FROM (VALUES
  (1, '12', '2024-02-29'),
  (2, 'n/a', '2023-02-29'),
  (3, NULL, NULL)
) AS t(id, amount, day)
