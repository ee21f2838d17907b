SELECT * REPLACE (string_split(tags, ',')[1] AS tags), string_split(tags, ',')[2] AS "2nd"
FROM texts
