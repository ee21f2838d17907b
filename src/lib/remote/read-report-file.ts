// Downloads what draws a report that is one HTML file; without a network it is there where the service worker keeps it.
import { object, safeParse, string } from 'valibot';
import type { ReportFileParts } from '#core/share/report-file.ts';
import { err, ok, type Result } from '#core/result.ts';

const shape = object({ script: string(), style: string(), scriptHash: string(), styleHash: string() });

export async function readReportFile(
	fetch: typeof globalThis.fetch,
	url: string
): Promise<Result<ReportFileParts, { readonly kind: 'report-file-unavailable' }>> {
	const unavailable = err({ kind: 'report-file-unavailable' } as const);
	try {
		const answer = await fetch(url);
		const parts = answer.ok ? safeParse(shape, await answer.json()) : null;
		return parts?.success ? ok(parts.output) : unavailable;
	} catch (error) {
		// The network broke, or something on the way answered with a page of its own.
		if (error instanceof TypeError || error instanceof SyntaxError) return unavailable;
		throw error;
	}
}
