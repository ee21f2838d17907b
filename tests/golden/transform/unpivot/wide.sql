SELECT * FROM (VALUES ('a', 1, 2), ('b', NULL, 4)) AS t(id, jan, feb)
