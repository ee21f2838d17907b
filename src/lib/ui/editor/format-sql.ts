// Lays SQL out. The formatter is loaded on first use.
import { err, ok, type Result } from '#core/result.ts';

/** `text` is what was given, unchanged. */
export type FormatSqlFailure = { readonly kind: 'unformattable-sql'; readonly text: string };

export async function formatSql(text: string): Promise<Result<string, FormatSqlFailure>> {
	const { layOut } = await import('./sql-layout.ts');
	try {
		return ok(layOut(text));
	} catch {
		// It throws on what it cannot parse, half-written SQL above all.
		return err({ kind: 'unformattable-sql', text });
	}
}
