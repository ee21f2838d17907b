SELECT * FROM (VALUES
  ('a', 1, NULL, 'x'),
  ('a', 2, 4.0::DOUBLE, 'x'),
  ('a', 3, NULL, NULL),
  ('a', 4, 8.0, 'y'),
  ('b', 1, NULL, NULL),
  ('b', 2, 1.0, 'z')
) AS t(grp, nr, value, word)
