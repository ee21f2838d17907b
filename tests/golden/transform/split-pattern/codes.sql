SELECT * FROM (VALUES ('ab-12'), ('cd__34'), ('ef'), (NULL)) AS t(code)
