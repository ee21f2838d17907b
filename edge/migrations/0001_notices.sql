-- What was sent by e-mail and to webhooks: an id is sent once, and so many are sent in an hour. No address and no text is kept.
CREATE TABLE notices (
	id TEXT NOT NULL,
	kind TEXT NOT NULL,
	begun_at_ms INTEGER NOT NULL,
	sent_at_ms INTEGER,
	PRIMARY KEY (id, kind)
);
CREATE INDEX notices_by_time ON notices (kind, begun_at_ms);
