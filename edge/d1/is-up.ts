// Whether the database answers.

export async function isDatabaseUp(db: D1Database): Promise<boolean> {
	try {
		return (await db.prepare('SELECT 1 AS up').first('up')) === 1;
	} catch (error) {
		console.error(error);
		return false;
	}
}
