// The types of `@20minutes/s3rver`, as far as tests use it.
declare module '@20minutes/s3rver' {
	export default class S3rver {
		constructor(options: {
			readonly address: string;
			readonly port: number;
			readonly silent: boolean;
			readonly directory: string;
			readonly vhostBuckets: boolean;
			readonly configureBuckets: readonly { readonly name: string; readonly configs: readonly string[] }[];
		});
		run(): Promise<unknown>;
		close(): Promise<void>;
	}
}
