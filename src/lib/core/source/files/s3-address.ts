// Where an S3-compatible store keeps what: addresses of its listing and of its objects.
// Source: Amazon S3 API Reference, ListObjectsV2 and GetObject; "Virtual hosting of general purpose buckets".

export type S3Place = {
	/** Scheme, host and port. */
	readonly endpoint: string;
	readonly region: string;
	readonly bucket: string;
	/** The bucket stands in the path instead of the host. */
	readonly isPathStyle: boolean;
};

export function amazonEndpoint(region: string): string {
	return `https://s3.${region}.amazonaws.com`;
}

/** The server that is asked. */
export function s3Origin({ endpoint, bucket, isPathStyle }: S3Place): string {
	return isPathStyle ? endpoint : endpoint.replace('://', `://${bucket}.`);
}

export function listAddress(place: S3Place, prefix: string, token: string | null): string {
	const asked = [
		...(token === null ? [] : [`continuation-token=${encode(token)}`]),
		'encoding-type=url',
		'list-type=2',
		...(prefix === '' ? [] : [`prefix=${encode(prefix)}`])
	];
	// A store that takes the bucket from the path may sign it without a slash behind it, one that takes it from the host signs `/`.
	return `${bucketAddress(place)}${place.isPathStyle ? '' : '/'}?${asked.join('&')}`;
}

/** Null where a URL cannot say it: a browser takes the segments `.` and `..` away. */
export function objectAddress(place: S3Place, key: string): string | null {
	const segments = key.split('/');
	if (segments.some((segment) => segment === '.' || segment === '..')) return null;
	return `${bucketAddress(place)}/${segments.map(encode).join('/')}`;
}

function bucketAddress(place: S3Place): string {
	const origin = s3Origin(place);
	return place.isPathStyle ? `${origin}/${encode(place.bucket)}` : origin;
}

/** As signatures want it: RFC 3986, which leaves fewer letters as they are than encodeURIComponent. */
function encode(text: string): string {
	return encodeURIComponent(text).replace(
		/[!'()*]/g,
		(letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
	);
}
