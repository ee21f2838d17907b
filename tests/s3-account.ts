// The only account that the store of the tests knows, and its bucket.
export const BUCKET = 'measurements';
export const REGION = 'eu-central-1';
export const ACCESS_KEY = 'S3RVER';
export const SECRET_KEY = 'S3RVER';
