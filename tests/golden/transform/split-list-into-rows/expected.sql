SELECT * REPLACE (unnest(if(len(items) > 0, items, [NULL])) AS items)
FROM lists
