SELECT * FROM (VALUES ('Ulm', 'DE', 126000), ('Bern', 'CH', 134000), ('Oslo', 'NO', NULL)) AS t(city, country, score)
