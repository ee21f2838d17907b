SELECT * FROM (VALUES ('north', 'Q1', 1), ('north', 'Q2', 2), ('north', 'Q2', 3), ('south', 'Q1', 4), ('south', NULL, 5)) AS t(region, quarter, amount)
