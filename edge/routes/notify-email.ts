// POST /api/v1/notify/email.
import type { notifyEmail } from '#core/contract/notify-email.ts';
import { err, ok } from '#core/result.ts';
import { claimNotice, noticeSent, releaseNotice } from '../d1/notices.ts';
import type { MailEnv } from '../env.ts';
import { dial } from '../mail/dial.ts';
import { sendBySmtp, type MailServer } from '../mail/smtp.ts';
import type { Handler } from '../mount.ts';

export const answerNotifyEmail: Handler<typeof notifyEmail> = async ({ id, to, subject, text }, env) => {
	const post = postOf(env);
	if (!post) return err({ kind: 'mail-not-connected' });
	if (!to.every((address) => post.mayWriteTo(address))) return err({ kind: 'recipient-not-allowed' });
	const key = { id, kind: 'email' } as const;
	const claim = await claimNotice(env.DB, key, Date.now(), post.perHour);
	if (claim === 'sent') return ok({ isRepeated: true });
	if (claim === 'too-many') return err({ kind: 'too-many-requests', retryAfterSeconds: 60 });
	const sent = await sendBySmtp(post.server, { from: post.from, to, subject, text, id, atMs: Date.now() }, dial);
	if (!sent.ok) {
		await releaseNotice(env.DB, key);
		return sent;
	}
	await noticeSent(env.DB, key, Date.now());
	return ok({ isRepeated: false });
};

type Post = {
	readonly server: MailServer;
	readonly from: string;
	readonly perHour: number;
	readonly mayWriteTo: (address: string) => boolean;
};

/** Null when this edge has no mail server. */
function postOf(env: MailEnv): Post | null {
	const { SMTP_HOST: host, MAIL_FROM: from, MAIL_TO: recipients } = env;
	if (!host || !from || !recipients) return null;
	const port = Number(env.SMTP_PORT ?? 587);
	const security = env.SMTP_SECURITY === 'plain' ? 'plain' : port === 465 ? 'tls' : 'starttls';
	const { SMTP_USER: user, SMTP_PASSWORD: password } = env;
	const allowed = recipients
		.toLowerCase()
		.split(',')
		.map((one) => one.trim());
	return {
		server: { host, port, security, login: user && password ? { user, password } : null },
		from,
		perHour: Number(env.MAIL_PER_HOUR ?? 60),
		mayWriteTo: (address) => {
			const lower = address.toLowerCase();
			return allowed.some((one) => one === lower || (one.startsWith('@') && lower.endsWith(one) && one.length > 1));
		}
	};
}
