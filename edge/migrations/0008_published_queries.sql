-- Named queries that are answered beside a publication, and end with it.
CREATE TABLE published_queries (
	publication TEXT NOT NULL,
	query TEXT NOT NULL,
	workspace TEXT NOT NULL,
	title TEXT NOT NULL,
	description TEXT,
	-- JSON, and the SHA-256 of it.
	plan TEXT NOT NULL,
	hash TEXT NOT NULL,
	published_at_ms INTEGER NOT NULL,
	PRIMARY KEY (publication, query)
) WITHOUT ROWID;
CREATE INDEX published_queries_by_workspace ON published_queries (workspace, published_at_ms);

CREATE TRIGGER publications_removed AFTER DELETE ON publications BEGIN
	DELETE FROM published_queries WHERE publication = old.id;
END;
