-- What was sent by e-mail: an id is sent once, and so many are sent in an hour. No address and no text is kept.
CREATE TABLE mails (
	id TEXT PRIMARY KEY,
	begun_at_ms INTEGER NOT NULL,
	sent_at_ms INTEGER
);
CREATE INDEX mails_by_time ON mails (begun_at_ms);
