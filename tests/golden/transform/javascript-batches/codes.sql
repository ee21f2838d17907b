SELECT * FROM (VALUES (65, 'a'), (66, 'b'), (98, 'b')) AS t(code, small)
