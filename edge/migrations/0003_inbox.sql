-- Inboxes of datasets: what other programs push, sealed to the workspace's public key, until a device has taken it in.
CREATE TABLE inboxes (
	workspace TEXT NOT NULL,
	space TEXT NOT NULL,
	public_key TEXT NOT NULL,
	-- SHA-256 of the bytes of its address for services that post; NULL without one.
	hook_hash TEXT,
	signed TEXT,
	-- What the service signs with. A signature cannot be checked without it.
	secret TEXT,
	opened_at_ms INTEGER NOT NULL,
	PRIMARY KEY (workspace, space)
) WITHOUT ROWID;
CREATE UNIQUE INDEX inboxes_by_hook ON inboxes (hook_hash) WHERE hook_hash IS NOT NULL;

CREATE TABLE inbox_items (
	workspace TEXT NOT NULL,
	space TEXT NOT NULL,
	-- The idempotency key of whoever pushed it.
	key TEXT NOT NULL,
	-- HMAC of the bytes as they came, under a key that the item's own bytes do not tell: the same request again is known by it.
	digest TEXT NOT NULL,
	size_bytes INTEGER NOT NULL,
	r2_key TEXT NOT NULL,
	sealed_by TEXT NOT NULL,
	-- NULL: it was posted to the inbox's address.
	by_token TEXT,
	received_at_ms INTEGER NOT NULL,
	-- NULL while its bytes are on their way; they count already.
	stored_at_ms INTEGER,
	claimed_by TEXT,
	claimed_at_ms INTEGER,
	-- Its bytes are gone from then on; the row stays for 30 days, so that its key is known.
	taken_at_ms INTEGER,
	is_discarded INTEGER NOT NULL DEFAULT 0,
	PRIMARY KEY (workspace, space, key)
) WITHOUT ROWID;
CREATE INDEX inbox_items_in_order ON inbox_items (workspace, space, received_at_ms, key);
CREATE INDEX inbox_items_taken ON inbox_items (taken_at_ms) WHERE taken_at_ms IS NOT NULL;
CREATE INDEX inbox_items_under_way ON inbox_items (received_at_ms) WHERE stored_at_ms IS NULL;

CREATE TRIGGER inbox_items_added AFTER INSERT ON inbox_items BEGIN
	UPDATE workspaces SET used_bytes = used_bytes + new.size_bytes WHERE id = new.workspace;
END;
CREATE TRIGGER inbox_items_settled AFTER UPDATE OF taken_at_ms ON inbox_items
WHEN old.taken_at_ms IS NULL AND new.taken_at_ms IS NOT NULL BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes WHERE id = old.workspace;
END;
CREATE TRIGGER inbox_items_removed AFTER DELETE ON inbox_items WHEN old.taken_at_ms IS NULL BEGIN
	UPDATE workspaces SET used_bytes = used_bytes - old.size_bytes WHERE id = old.workspace;
END;

-- Whoever could do everything may let others push.
UPDATE tokens SET verbs = json_insert(verbs, '$[#]', 'push') WHERE verbs LIKE '%"admin"%' AND verbs NOT LIKE '%"push"%';

-- What hashes of addresses are keyed with, anew each hour: an address is not found by trying all there are once it is forgotten.
CREATE TABLE address_keys (
	hour_ms INTEGER PRIMARY KEY,
	key TEXT NOT NULL
) WITHOUT ROWID;
