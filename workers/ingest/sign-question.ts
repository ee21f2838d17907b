// Headers of a question to an S3-compatible store, signed with Signature Version 4.
import { AwsV4Signer } from 'aws4fetch';
import type { FileQuestion } from '#core/source/files/file-question.ts';

export type Unsigned = {
	readonly url: string;
	readonly method: FileQuestion['method'];
	readonly headers: Headers;
};

/** `at` is a time as `20130524T000000Z`; left out, it is now. Nothing is said of the body unless `headers` tell its SHA-256. */
export async function signQuestion(
	{ url, method, headers }: Unsigned,
	{ accessKey: accessKeyId, secretKey: secretAccessKey, region }: NonNullable<FileQuestion['sign']>,
	at?: string
): Promise<Headers> {
	const datetime = at === undefined ? {} : { datetime: at };
	const asked = { url, method, headers, accessKeyId, secretAccessKey, region, service: 's3', ...datetime };
	return (await new AwsV4Signer(asked).sign()).headers;
}
