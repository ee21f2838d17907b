// Whether the object store answers.

export async function areObjectsUp(bucket: R2Bucket): Promise<boolean> {
	try {
		// No such object is an answer too.
		await bucket.head('health');
		return true;
	} catch (error) {
		console.error(error);
		return false;
	}
}
