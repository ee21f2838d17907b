-- What workspaces opened to everybody: files in the clear, and which of them an address shows.
CREATE TABLE published_files (
	workspace TEXT NOT NULL,
	publication TEXT NOT NULL,
	file TEXT NOT NULL,
	-- SHA-256, base64 as in Content-Digest.
	digest TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	r2_key TEXT NOT NULL,
	begun_at_ms INTEGER NOT NULL,
	stored_at_ms INTEGER,
	PRIMARY KEY (workspace, publication, file)
) WITHOUT ROWID;
CREATE INDEX published_files_by_age ON published_files (begun_at_ms);

CREATE TRIGGER published_files_added AFTER INSERT ON published_files BEGIN
	UPDATE workspaces SET used_bytes = used_bytes + new.size_bytes WHERE id = new.workspace;
END;
CREATE TRIGGER published_files_removed AFTER DELETE ON published_files BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes WHERE id = old.workspace;
END;

CREATE TABLE publications (
	id TEXT PRIMARY KEY,
	workspace TEXT NOT NULL,
	file TEXT NOT NULL,
	name TEXT NOT NULL,
	row_count INTEGER NOT NULL,
	-- JSON: names and types.
	columns TEXT NOT NULL,
	published_at_ms INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX publications_by_workspace ON publications (workspace, published_at_ms);
