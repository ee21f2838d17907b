// From a failed run to marks in the editor: the exact token, and the nearest names as quick fixes.
import type { Failure } from '#core/failure.ts';
import type { EditorDiagnostic } from '../editor/editor-props.ts';
import { explain } from '../explain.ts';

/** `ran.offset` is where the text that ran begins in the editor's. */
export function diagnosticsOf(
	failure: Failure | null,
	ran: { readonly text: string; readonly offset: number }
): readonly EditorDiagnostic[] {
	if (failure?.kind !== 'sql-error' && failure?.kind !== 'unknown-version' && failure?.kind !== 'version-collected')
		return [];
	if (failure.position === null) return [];
	const length = tokenLength(ran.text, failure.position);
	const from = ran.offset + failure.position;
	const { title, detail } = explain(failure);
	const candidates = failure.kind === 'sql-error' ? failure.candidates : [];
	return [
		{
			from,
			to: from + length,
			message: `${title}. ${detail}`,
			severity: 'error',
			fixes: candidates.slice(0, 3).map((name) => ({ label: `Use ${name}`, replacement: name }))
		}
	];
}

function tokenLength(text: string, at: number): number {
	return /^(?:"(?:[^"]|"")*"|[\p{L}\p{N}_$.]+|\S)/u.exec(text.slice(at))?.[0].length ?? 0;
}
