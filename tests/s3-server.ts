// A store that speaks S3, on this machine: it keeps objects in a folder of its own, checks signatures, and counts the bytes that it gives.
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { AwsClient } from 'aws4fetch';
import { ACCESS_KEY, BUCKET, REGION, SECRET_KEY } from './s3-account.ts';

/** Pages of any origin may list and read. */
const cors = `<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>GET</AllowedMethod>
<AllowedHeader>*</AllowedHeader></CORSRule></CORSConfiguration>`;

export type S3Server = {
	readonly endpoint: string;
	put(key: string, body: string | Uint8Array<ArrayBuffer>): Promise<void>;
	remove(key: string): Promise<void>;
	stop(): Promise<void>;
};

export async function startS3(): Promise<S3Server> {
	const directory = await mkdtemp(join(tmpdir(), 'weir-s3-'));
	const server = new S3rver({
		...{ address: '127.0.0.1', port: 0, silent: true, directory, vhostBuckets: false },
		configureBuckets: [{ name: BUCKET, configs: [cors] }]
	});
	const { port } = (await server.run()) as AddressInfo;
	const endpoint = `http://127.0.0.1:${port}`;
	const client = new AwsClient({
		...{ accessKeyId: ACCESS_KEY, secretAccessKey: SECRET_KEY, region: REGION, service: 's3', retries: 0 }
	});
	const ask = async (method: string, key: string, body: string | Uint8Array<ArrayBuffer> | null): Promise<void> => {
		const path = key.split('/').map(encodeURIComponent).join('/');
		const answer = await client.fetch(`${endpoint}/${BUCKET}/${path}`, { method, ...(body !== null && { body }) });
		if (!answer.ok) throw new Error(`${method} ${key}: ${answer.status} ${await answer.text()}`);
	};
	return {
		endpoint,
		put: (key, body) => ask('PUT', key, body),
		remove: (key) => ask('DELETE', key, null),
		stop: async () => {
			await server.close();
			await rm(directory, { recursive: true, force: true });
		}
	};
}
