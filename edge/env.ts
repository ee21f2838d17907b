// The bindings of wrangler.toml.
import type { DatabasePool } from './database/database-pool.ts';
import type { Engine } from './engine/question.ts';

export type Env = {
	readonly ASSETS: Fetcher;
	readonly DB: D1Database;
	readonly OBJECTS: R2Bucket;
	readonly DATABASES: DurableObjectNamespace<DatabasePool>;
	/** Left out where it is not deployed: then only plans of queries are answered. */
	readonly ENGINE?: Engine;
} & LimitEnv &
	MailEnv &
	WebhookEnv &
	SourceEnv;

/** `docs/edge.md` says what each is for. */
export type LimitEnv = {
	/** Bytes that a workspace may store; 5 GiB when it is not set. */
	readonly QUOTA_BYTES?: string;
	/** Requests of one token in a minute; 1200 when it is not set. */
	readonly REQUESTS_PER_MINUTE?: string;
	/** Workspaces that one address may make in an hour; 20 when it is not set. */
	readonly WORKSPACES_PER_HOUR?: string;
	/** Secret. Where it is set, whoever makes a workspace has to know it. */
	readonly INVITATION?: string;
	/** Secret. Where it is set, whoever sends it as a bearer token sees the metrics. */
	readonly METRICS_TOKEN?: string;
};

export type WebhookEnv = {
	/** Where it may post to, with commas between: hosts as `hooks.example.org`, in the clear as `http://127.0.0.1:9000`. */
	readonly WEBHOOK_HOSTS?: string;
};

/** What it may connect to for somebody who loads from a source: `docs/edge.md`. */
export type SourceEnv = {
	/** `named`: only to `SOURCE_HOSTS`; `off`: to nothing. Left out: to them, and to whatever is public. */
	readonly SOURCE_RELAY?: string;
	/** Hosts that may be of an inner network, with commas between: `db.example.org`, `10.0.0.5:5432`. */
	readonly SOURCE_HOSTS?: string;
	/** Address of the DNS resolver over HTTPS, which answers as JSON. */
	readonly SOURCE_RESOLVER?: string;
	/** How long a connection to a database waits for another question, up to 999; 30 when it is not set, 0 for not at all. */
	readonly SOURCE_KEPT_SECONDS?: string;
};

/** Secrets and settings of the mail server; without host, sender and recipients there is none. `docs/alerts.md` says how to set them. */
export type MailEnv = {
	readonly SMTP_HOST?: string;
	/** 465 speaks TLS from the start; others begin in the clear and must offer STARTTLS. */
	readonly SMTP_PORT?: string;
	readonly SMTP_USER?: string;
	readonly SMTP_PASSWORD?: string;
	/** `plain` sends in the clear: for a server on the same machine. */
	readonly SMTP_SECURITY?: string;
	readonly MAIL_FROM?: string;
	/** Whom it may write to: addresses, and domains as `@example.org`, with commas between. */
	readonly MAIL_TO?: string;
	/** Mails an hour; 60 when it is not set. */
	readonly MAIL_PER_HOUR?: string;
};
