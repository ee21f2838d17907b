-- Whoever could do everything may ask sources by the edge.
UPDATE tokens SET verbs = json_insert(verbs, '$[#]', 'relay')
WHERE verbs LIKE '%"write"%' AND verbs LIKE '%"admin"%' AND verbs NOT LIKE '%"relay"%';
