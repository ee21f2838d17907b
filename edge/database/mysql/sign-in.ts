// Ways to sign in to MySQL that the library goes in another way than the edge does.
import type { ConnectionOptions } from 'mysql2';
import type { DatabaseServer } from '#core/contract/database.ts';

/** A password for `sha256_password` goes as it is, and so through encryption alone; the library sees none in a socket that it did not encrypt itself. */
export function waysToSignIn({ tls, password }: DatabaseServer): NonNullable<ConnectionOptions['authPlugins']> {
	return {
		sha256_password: () => () => {
			if (tls !== 'verify') throw new Error('plugin sha256_password goes through encryption alone');
			return `${password}\0`;
		}
	};
}
