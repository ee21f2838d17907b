SELECT * REPLACE (unnest(if(len(string_split(tags, ',')) > 0, string_split(tags, ','), [NULL])) AS tags)
FROM texts
