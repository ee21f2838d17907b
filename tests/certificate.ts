// A certificate of a name and its key, made anew: self-signed, for an hour. Source: RFC 5280, RFC 5758.
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export type Certified = { readonly key: string; readonly cert: string };

export function certificateOf(name: string): Certified {
	const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
	const algorithm = sequence(oid('2a8648ce3d040302'));
	const subject = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from(name)))));
	const alternative = sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from(name)))));
	const isAuthority = sequence(oid('551d13'), der(0x04, sequence(der(0x01, Buffer.from([0xff])))));
	const now = Date.now();
	const unsigned = sequence(
		der(0xa0, der(0x02, Buffer.from([2]))),
		der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
		algorithm,
		subject,
		sequence(utcTime(now - 60_000), utcTime(now + 3_600_000)),
		subject,
		publicKey.export({ type: 'spki', format: 'der' }),
		der(0xa3, sequence(alternative, isAuthority))
	);
	const signature = sign('sha256', unsigned, privateKey);
	const whole = sequence(unsigned, algorithm, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
	const lines = whole.toString('base64').replace(/.{64}/g, '$&\n');
	return {
		key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
		cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`
	};
}

function der(tag: number, content: Buffer): Buffer {
	const { length } = content;
	const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255];
	return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
	return der(0x30, Buffer.concat(parts));
}

function oid(hex: string): Buffer {
	return der(0x06, Buffer.from(hex, 'hex'));
}

function utcTime(atMs: number): Buffer {
	return der(
		0x17,
		Buffer.from(
			new Date(atMs)
				.toISOString()
				.replace(/[-:T]|\.\d+/g, '')
				.slice(2)
		)
	);
}
