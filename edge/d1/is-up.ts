// Whether the database answers.
import type { D1Database } from '@cloudflare/workers-types';

export async function isDatabaseUp(db: D1Database): Promise<boolean> {
	try {
		return (await db.prepare('SELECT 1 AS up').first('up')) === 1;
	} catch (error) {
		console.error(error);
		return false;
	}
}
