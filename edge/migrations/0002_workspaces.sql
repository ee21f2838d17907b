-- What the edge keeps of workspaces. Everything that people named or wrote is sealed before it comes here: ids are random or keyed
-- hashes, `genesis`, `entry`, `sealed`, `record` and `label` are bytes that only devices open.
CREATE TABLE workspaces (
	id TEXT PRIMARY KEY,
	created_at_ms INTEGER NOT NULL,
	-- NULL: what the edge gives everybody.
	quota_bytes INTEGER,
	-- Kept by the triggers below.
	used_bytes INTEGER NOT NULL DEFAULT 0,
	object_count INTEGER NOT NULL DEFAULT 0,
	-- The cycle of collection that is under way.
	gc_cycle TEXT,
	gc_begun_at_ms INTEGER
) WITHOUT ROWID;

CREATE TABLE tokens (
	id TEXT PRIMARY KEY,
	workspace TEXT NOT NULL,
	-- SHA-256 of the secret, base64url.
	hash TEXT NOT NULL,
	-- JSON lists; NULL of spaces and refs means all of them.
	verbs TEXT NOT NULL,
	spaces TEXT,
	refs TEXT,
	label TEXT,
	created_at_ms INTEGER NOT NULL,
	expires_at_ms INTEGER,
	last_used_at_ms INTEGER,
	revoked_at_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX tokens_by_workspace ON tokens (workspace, created_at_ms);

CREATE TABLE members (
	workspace TEXT NOT NULL,
	seq INTEGER NOT NULL,
	-- SHA-256 of the entry, base64url.
	hash TEXT NOT NULL,
	entry TEXT NOT NULL,
	PRIMARY KEY (workspace, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX members_by_hash ON members (workspace, hash);

CREATE TABLE slots (
	workspace TEXT NOT NULL,
	slot TEXT NOT NULL,
	sealed TEXT NOT NULL,
	written_at_ms INTEGER NOT NULL,
	PRIMARY KEY (workspace, slot)
) WITHOUT ROWID;

CREATE TABLE objects (
	workspace TEXT NOT NULL,
	space TEXT NOT NULL,
	id TEXT NOT NULL,
	-- SHA-256 of the sealed bytes, base64 as in Content-Digest.
	digest TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	-- Of its own for each upload, so that bytes being removed are never those of an upload that comes after.
	r2_key TEXT NOT NULL,
	-- NULL while the upload is under way; its bytes count already.
	stored_at_ms INTEGER,
	-- When somebody last said that it is needed, to the hour.
	touched_at_ms INTEGER NOT NULL,
	-- The last cycle of collection that named it.
	marked_in TEXT,
	-- Found unused by a cycle, and by another one a day later.
	dead_at_ms INTEGER,
	condemned_at_ms INTEGER,
	PRIMARY KEY (workspace, space, id)
) WITHOUT ROWID;
CREATE INDEX objects_condemned ON objects (condemned_at_ms) WHERE condemned_at_ms IS NOT NULL;
CREATE INDEX objects_under_way ON objects (touched_at_ms) WHERE stored_at_ms IS NULL;

CREATE TRIGGER objects_added AFTER INSERT ON objects BEGIN
	UPDATE workspaces SET used_bytes = used_bytes + new.size_bytes, object_count = object_count + 1 WHERE id = new.workspace;
END;
CREATE TRIGGER objects_removed AFTER DELETE ON objects BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes, object_count = object_count - 1 WHERE id = old.workspace;
END;
CREATE TRIGGER objects_resized AFTER UPDATE OF size_bytes ON objects BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes + new.size_bytes WHERE id = new.workspace;
END;

-- Bytes that no row names any more, until they are removed.
CREATE TABLE trash (r2_key TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE refs (
	workspace TEXT NOT NULL,
	space TEXT NOT NULL,
	token TEXT NOT NULL,
	seq INTEGER NOT NULL,
	-- SHA-256 of the record, base64url.
	hash TEXT NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (workspace, space, token)
) WITHOUT ROWID;

-- Every step of every ref; a step is known by its hash, so that one sent twice is taken once.
CREATE TABLE ref_log (
	workspace TEXT NOT NULL,
	space TEXT NOT NULL,
	token TEXT NOT NULL,
	seq INTEGER NOT NULL,
	prev TEXT,
	hash TEXT NOT NULL,
	record TEXT NOT NULL,
	PRIMARY KEY (workspace, space, token, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX ref_log_by_hash ON ref_log (workspace, space, token, hash);

CREATE TABLE audit (
	workspace TEXT NOT NULL,
	seq INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	actor TEXT NOT NULL,
	action TEXT NOT NULL,
	subject TEXT NOT NULL,
	-- Written in the transaction of what it tells, and chained to the entry before it soon after.
	hash TEXT,
	PRIMARY KEY (workspace, seq)
) WITHOUT ROWID;
CREATE INDEX audit_unchained ON audit (workspace) WHERE hash IS NULL;

-- Requests by who makes them and by window of time. An address is kept as a hash, and three hours at most.
CREATE TABLE rate_limits (
	who TEXT NOT NULL,
	window_ms INTEGER NOT NULL,
	count INTEGER NOT NULL,
	PRIMARY KEY (who, window_ms)
) WITHOUT ROWID;
CREATE INDEX rate_limits_by_window ON rate_limits (window_ms);
