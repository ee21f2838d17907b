SELECT
  *,
  string_split_regex(code, '[-_/]+')[1] AS part,
  string_split_regex(code, '[-_/]+')[2] AS number
FROM codes
