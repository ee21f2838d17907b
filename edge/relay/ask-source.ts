// Asks a source for somebody: each address is checked, where it leads to as well, and what carries a secret is sent to nobody else.
import { err, ok, type Result } from '#core/result.ts';
import { exchange, type Exchanged, type ReachStage, type SentRequest } from './exchange.ts';
import { checkPlace, type GuardFailure, type GuardSettings } from './guard.ts';

export type SourceQuestion = {
	readonly url: string;
	readonly method: SentRequest['method'];
	readonly headers: readonly { readonly name: string; readonly value: string }[];
	readonly body: string | null;
	/** It carries a secret: it is sent encrypted, and not on to where it is led. */
	readonly isSecret: boolean;
};

/** `origin` is scheme, host and port of what was asked last, without anything that may be a secret; empty where there is none. */
export type AskFailure =
	| {
			readonly kind: 'source-not-allowed';
			readonly origin: string;
			readonly reason: 'url' | 'scheme' | 'userinfo' | 'clear' | Extract<GuardFailure, { reason: unknown }>['reason'];
	  }
	| { readonly kind: 'source-not-reached'; readonly origin: string; readonly stage: 'name' | ReachStage };

export type SourceAnswered = Exchanged & { readonly origin: string };

/** What sources are asked at without being named with their host. */
export const WEB_PORTS: readonly number[] = [80, 443, 8000, 8080, 8443];

const REDIRECTS = 5;
const redirects = new Set([301, 302, 303, 307, 308]);
/** Of one connection, or of whoever passes it on; and those that are written here. Source: RFC 9110, 7.6.1. */
const notPassedOn =
	/^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length|expect|via|forwarded|x-forwarded-.*|x-real-ip|cf-.*|cookie|accept-encoding|origin|referer|sec-.*)$/i;

export async function askSource(
	question: SourceQuestion,
	settings: GuardSettings,
	late: AbortSignal
): Promise<Result<SourceAnswered, AskFailure>> {
	let sent = question;
	for (let hops = 0; ; hops++) {
		const answered = await askOnce(sent, settings, late);
		if (!answered.ok) return answered;
		const { status, headers, close } = answered.value;
		const location = headers.get('location');
		if (!redirects.has(status) || location === undefined || question.isSecret || hops === REDIRECTS) return answered;
		const next = followed(sent, status, location);
		if (!next) return answered;
		close();
		sent = next;
	}
}

async function askOnce(
	question: SourceQuestion,
	settings: GuardSettings,
	late: AbortSignal
): Promise<Result<SourceAnswered, AskFailure>> {
	const url = URL.parse(question.url);
	if (!url) return err({ kind: 'source-not-allowed', origin: '', reason: 'url' });
	const origin = `${url.protocol}//${url.host}`;
	const isTls = url.protocol === 'https:';
	if (!isTls && url.protocol !== 'http:')
		return err({ kind: 'source-not-allowed', origin: url.protocol, reason: 'scheme' });
	if (url.username !== '' || url.password !== '')
		return err({ kind: 'source-not-allowed', origin, reason: 'userinfo' });
	const port = url.port === '' ? (isTls ? 443 : 80) : Number(url.port);
	const checked = await checkPlace({ host: url.hostname, port }, settings);
	if (!checked.ok)
		return err(
			checked.error.kind === 'place-unknown'
				? { kind: 'source-not-reached', origin, stage: 'name' }
				: { kind: 'source-not-allowed', origin, reason: checked.error.reason }
		);
	if (question.isSecret && !isTls && !checked.value.isNamed)
		return err({ kind: 'source-not-allowed', origin, reason: 'clear' });
	const request = requestOf(question, url);
	const exchanged = await exchange(checked.value, isTls, request, late);
	return exchanged.ok
		? ok({ ...exchanged.value, origin })
		: err({ kind: 'source-not-reached', origin, stage: exchanged.error });
}

function requestOf({ method, headers, body }: SourceQuestion, url: URL): SentRequest {
	const passed = headers.filter(({ name }) => !notPassedOn.test(name));
	const has = (name: string): boolean => passed.some((one) => one.name.toLowerCase() === name);
	return {
		method,
		target: `${url.pathname}${url.search}`,
		host: url.host,
		headers: [
			...passed.map(({ name, value }) => [name, value] as const),
			// A range is of the bytes as they are.
			['Accept-Encoding', has('range') ? 'identity' : 'gzip'],
			...(has('user-agent') ? [] : [['User-Agent', 'Weir'] as const]),
			['Via', '1.1 weir']
		],
		body: body === null ? null : new TextEncoder().encode(body)
	};
}

/**
 * The question as it goes on; null where it does not: to another address with a body, or from encrypted to clear. Another
 * origin gets none of its headers but what it accepts: any of them may be a secret.
 */
function followed(sent: SourceQuestion, status: number, location: string): SourceQuestion | null {
	const from = URL.parse(sent.url);
	const to = URL.parse(location, sent.url);
	if (!from || !to || (from.protocol === 'https:' && to.protocol === 'http:')) return null;
	to.hash = '';
	const becomesGet = status === 303 ? sent.method !== 'HEAD' : status < 303 && sent.method === 'POST';
	const [method, body] = becomesGet ? (['GET', null] as const) : [sent.method, sent.body];
	const isSame = from.origin === to.origin;
	if (!isSame && body !== null) return null;
	const headers = isSame ? sent.headers : sent.headers.filter(({ name }) => /^accept(-language)?$/i.test(name));
	return { ...sent, url: to.href, method, body, headers };
}
