SELECT * FROM (VALUES
  (1, 'x', 5),
  (2, 'ÿ"z', NULL)
) AS t("select", "größe ""in"" cm", "order by")
