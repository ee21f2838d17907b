// A parameter's value as somebody writes it into a form.
import type { Param } from './pipeline.ts';

/** What is no number stays a text, and is refused by whoever fills the parameters in. */
export function paramFromText({ type }: Pick<Param, 'type'>, text: string): string | number | boolean {
	if (type === 'integer' || type === 'number')
		return text.trim() === '' || Number.isNaN(Number(text)) ? text : Number(text);
	return type === 'boolean' ? text === 'true' : text;
}
