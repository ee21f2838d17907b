SELECT * FROM (VALUES
  (1, 'red,green,blue'),
  (2, 'red'),
  (3, NULL),
  (4, '')
) AS t(id, tags)
