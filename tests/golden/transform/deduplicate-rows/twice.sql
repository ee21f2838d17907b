SELECT * FROM (VALUES (1, 'x'), (1, 'x'), (NULL, 'x'), (NULL, 'x'), (1, NULL)) AS t(a, b)
