// The one door to a mail server: SMTP over a wire that the runtime gives. It never logs in, and never sends, over one that was to be
// encrypted and is not. See DECISIONS.md.
import { err, ok, type Result } from '#core/result.ts';
import { messageOf, type Mail } from './message.ts';

export type MailServer = {
	readonly host: string;
	readonly port: number;
	/** `tls` from the start; `starttls` after a greeting in the clear; `plain` never. */
	readonly security: 'tls' | 'starttls' | 'plain';
	readonly login: { readonly user: string; readonly password: string } | null;
};

/** A socket, whatever the runtime calls it. `startTls` may be called once, when nobody reads or writes. */
export type Wire = {
	readonly readable: ReadableStream<Uint8Array>;
	readonly writable: WritableStream<Uint8Array>;
	/** The same wire, encrypted: it fails to read where the certificate is not trusted. */
	readonly startTls: () => Wire;
	readonly close: () => Promise<void>;
};

export type Dial = (server: MailServer) => Wire;

export type MailFailure = {
	readonly kind: 'mail-failed';
	readonly stage: 'connect' | 'tls' | 'login' | 'sender' | 'recipient' | 'text';
	/** What the server answered; null when it did not. */
	readonly code: number | null;
};

const TIMEOUT_MS = 20_000;

/** Sent when the server has taken the whole text over. */
export async function sendBySmtp(server: MailServer, mail: Mail, dial: Dial): Promise<Result<void, MailFailure>> {
	const talk = new Talk(dial(server));
	const timer = setTimeout(() => talk.close(), TIMEOUT_MS);
	try {
		return await talk.send(server, mail);
	} finally {
		clearTimeout(timer);
		talk.close();
	}
}

class Talk {
	#wire: Wire;
	#reader: ReadableStreamDefaultReader<Uint8Array>;
	#writer: WritableStreamDefaultWriter<Uint8Array>;
	#decoder = new TextDecoder();
	#held = '';

	constructor(wire: Wire) {
		this.#wire = wire;
		[this.#reader, this.#writer] = this.#streams();
	}

	async send({ security, login }: MailServer, mail: Mail): Promise<Result<void, MailFailure>> {
		const greeted = await this.#answer('connect', [220]);
		if (!greeted.ok) return greeted;
		let offers = await this.#ask('connect', 'EHLO weir', [250]);
		if (!offers.ok) return offers;
		if (security === 'starttls') {
			if (!/^250[ -]STARTTLS\b/im.test(offers.value)) return err({ kind: 'mail-failed', stage: 'tls', code: null });
			const begun = await this.#ask('tls', 'STARTTLS', [220]);
			if (!begun.ok) return begun;
			this.#encrypt();
			offers = await this.#ask('tls', 'EHLO weir', [250]);
			if (!offers.ok) return offers;
		}
		if (login) {
			const plain = btoa(
				Array.from(new TextEncoder().encode(`\0${login.user}\0${login.password}`), (byte) =>
					String.fromCharCode(byte)
				).join('')
			);
			const known = await this.#ask('login', `AUTH PLAIN ${plain}`, [235]);
			if (!known.ok) return known;
		}
		const sender = await this.#ask('sender', `MAIL FROM:<${mail.from}>`, [250]);
		if (!sender.ok) return sender;
		for (const address of mail.to) {
			const recipient = await this.#ask('recipient', `RCPT TO:<${address}>`, [250, 251]);
			if (!recipient.ok) return recipient;
		}
		const begun = await this.#ask('text', 'DATA', [354]);
		if (!begun.ok) return begun;
		// No line of it begins with a dot: headers do not, and base64 has none.
		const taken = await this.#ask('text', `${messageOf(mail)}.`, [250]);
		if (!taken.ok) return taken;
		// It is sent, whatever comes of a farewell.
		await this.#ask('text', 'QUIT', [221]);
		return ok(undefined);
	}

	close(): void {
		void this.#wire.close().catch(() => undefined);
	}

	#streams(): [ReadableStreamDefaultReader<Uint8Array>, WritableStreamDefaultWriter<Uint8Array>] {
		return [this.#wire.readable.getReader(), this.#wire.writable.getWriter()];
	}

	/** What was said in the clear after the server agreed is not of it, and is not read. */
	#encrypt(): void {
		this.#reader.releaseLock();
		this.#writer.releaseLock();
		this.#wire = this.#wire.startTls();
		this.#held = '';
		this.#decoder = new TextDecoder();
		[this.#reader, this.#writer] = this.#streams();
	}

	async #ask(
		stage: MailFailure['stage'],
		line: string,
		wanted: readonly number[]
	): Promise<Result<string, MailFailure>> {
		try {
			await this.#writer.write(new TextEncoder().encode(`${line}\r\n`));
		} catch {
			// The runtime throws errors of many kinds at a socket that is closed.
			return err({ kind: 'mail-failed', stage, code: null });
		}
		return this.#answer(stage, wanted);
	}

	/** All lines of the next answer: the last one has a space behind its code. */
	async #answer(stage: MailFailure['stage'], wanted: readonly number[]): Promise<Result<string, MailFailure>> {
		for (;;) {
			const [answer, code] = /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\n/.exec(this.#held) ?? [];
			if (answer !== undefined) {
				this.#held = this.#held.slice(answer.length);
				return wanted.includes(Number(code)) ? ok(answer) : err({ kind: 'mail-failed', stage, code: Number(code) });
			}
			const more = await this.#read();
			if (more === null || this.#held.length > 64_000) return err({ kind: 'mail-failed', stage, code: null });
			this.#held += more.replaceAll('\r', '');
		}
	}

	/** Null at the end of the line. */
	async #read(): Promise<string | null> {
		try {
			const { value, done } = await this.#reader.read();
			return done ? null : this.#decoder.decode(value, { stream: true });
		} catch {
			// Refused, reset, closed by the timer, or no certificate that is trusted.
			return null;
		}
	}
}
