-- Sealed reports behind links. The edge has neither the key nor what a link asks with, only the SHA-256 of the latter.
CREATE TABLE shares (
	id TEXT PRIMARY KEY,
	workspace TEXT NOT NULL,
	-- SHA-256 of what readers send, base64url.
	auth TEXT NOT NULL,
	-- SHA-256 of the sealed bytes, base64 as in Content-Digest.
	digest TEXT NOT NULL,
	-- 0 once its bytes are gone.
	size_bytes INTEGER NOT NULL,
	-- Its length when it was made, for the list.
	made_bytes INTEGER NOT NULL,
	-- NULL once its bytes are gone.
	r2_key TEXT,
	created_at_ms INTEGER NOT NULL,
	-- NULL while its bytes are on their way; they count already.
	stored_at_ms INTEGER,
	expires_at_ms INTEGER NOT NULL,
	-- NULL: as often as anyone likes.
	max_views INTEGER,
	views INTEGER NOT NULL DEFAULT 0,
	last_viewed_at_ms INTEGER,
	wrong_tries INTEGER NOT NULL DEFAULT 0,
	revoked_at_ms INTEGER
) WITHOUT ROWID;
CREATE INDEX shares_by_workspace ON shares (workspace, created_at_ms);
CREATE INDEX shares_by_end ON shares (expires_at_ms);

-- One view each, which may fetch the bytes for ten minutes.
CREATE TABLE share_leases (
	share TEXT NOT NULL,
	-- SHA-256 of the lease, base64url.
	hash TEXT NOT NULL,
	ends_at_ms INTEGER NOT NULL,
	PRIMARY KEY (share, hash)
) WITHOUT ROWID;
CREATE INDEX share_leases_by_end ON share_leases (ends_at_ms);

CREATE TRIGGER shares_added AFTER INSERT ON shares BEGIN
	UPDATE workspaces SET used_bytes = used_bytes + new.size_bytes WHERE id = new.workspace;
END;
CREATE TRIGGER shares_removed AFTER DELETE ON shares BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes WHERE id = old.workspace;
END;
CREATE TRIGGER shares_emptied AFTER UPDATE OF size_bytes ON shares BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes + new.size_bytes WHERE id = new.workspace;
END;

-- Whoever could do everything may share; and push, where the keys were changed before that was known.
UPDATE tokens SET verbs = json_insert(verbs, '$[#]', 'push')
WHERE verbs LIKE '%"write"%' AND verbs LIKE '%"admin"%' AND verbs NOT LIKE '%"push"%';
UPDATE tokens SET verbs = json_insert(verbs, '$[#]', 'share')
WHERE verbs LIKE '%"write"%' AND verbs LIKE '%"admin"%' AND verbs NOT LIKE '%"share"%';
