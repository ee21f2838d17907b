SELECT * FROM (VALUES (1, [10, NULL, 30]), (2, []::INTEGER[]), (3, NULL)) AS t(id, items)
