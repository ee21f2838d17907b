// Questions to a store are signed as Amazon publishes it.
// Source: Amazon S3 API Reference, "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)", examples.
import { describe, expect, test } from 'vitest';
import { signQuestion } from '#workers/ingest/sign-question.ts';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const sign = {
	accessKey: 'AKIAIOSFODNN7EXAMPLE',
	secretKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
	region: 'us-east-1'
};

describe('the signature of a question is the one that Amazon publishes', () => {
	test.each([
		[
			'the configuration of a bucket',
			'https://examplebucket.s3.amazonaws.com/?lifecycle',
			'fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543'
		],
		[
			'a listing by prefix',
			'https://examplebucket.s3.amazonaws.com/?max-keys=2&prefix=J',
			'34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7'
		]
	])('for %s', async (_, url, signature) => {
		const headers = new Headers({ 'X-Amz-Content-Sha256': EMPTY_SHA256 });
		const signed = await signQuestion({ url, method: 'GET', headers }, sign, '20130524T000000Z');
		expect(signed.get('authorization')).toBe(
			[
				'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request',
				'SignedHeaders=host;x-amz-content-sha256;x-amz-date',
				`Signature=${signature}`
			].join(', ')
		);
	});
});
