// The alert rules of the workspace: documents, of which each says one.
import type { AlertRule, NamedRule } from '../core/alert/rule.ts';
import { parseRule, type InvalidAlert } from '../core/alert/parse-rule.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import { documentsElsewhere } from './document-homes.ts';
import type { Effects } from './effects.ts';
import { findDocument, listDocuments, type DocumentItem } from './list-documents.ts';
import { saveDocument, type SavedDocument } from './save-document.ts';

/** `rule` is null where its text cannot be read: then it is as if it were off. */
export type AlertItem = {
	readonly item: DocumentItem;
	readonly rule: AlertRule | null;
	/** The device that looks at it, where that is another one. */
	readonly elsewhere: string | null;
};

export async function listAlerts(effects: Effects): Promise<Result<readonly AlertItem[], StoreFailure>> {
	const items = await listDocuments('alert', effects);
	if (!items.ok) return items;
	const elsewhere = await documentsElsewhere(effects);
	if (!elsewhere.ok) return elsewhere;
	return ok(
		items.value.map((item) => {
			const parsed = parseRule(item.version.text);
			const device = elsewhere.value.get(item.document.id) ?? null;
			return { item, rule: parsed.ok ? parsed.value : null, elsewhere: device };
		})
	);
}

/** Those that are switched on, and that no other device looks at. */
export async function activeRules(effects: Effects): Promise<Result<readonly NamedRule[], StoreFailure>> {
	const alerts = await listAlerts(effects);
	if (!alerts.ok) return alerts;
	return ok(
		alerts.value.flatMap(({ item, rule, elsewhere }) =>
			rule && !rule.isDisabled && elsewhere === null ? [{ id: item.document.id, name: item.document.name, rule }] : []
		)
	);
}

export async function saveAlert(
	input: { readonly name: string; readonly text: string; readonly message?: string | undefined },
	effects: Effects
): Promise<Result<SavedDocument, InvalidAlert | StoreFailure>> {
	const parsed = parseRule(input.text);
	return parsed.ok ? saveDocument({ kind: 'alert', ...input }, effects) : parsed;
}

const UNNAMED = 'an alert';

/** A name in one line without a colon is that of a rule; anything else is its text. */
export async function ruleOf(
	nameOrText: string,
	effects: Effects
): Promise<Result<NamedRule, InvalidAlert | StoreFailure>> {
	const isText = /[:\n]/.test(nameOrText);
	const found = isText ? null : await findDocument('alert', nameOrText, effects);
	if (found && !found.ok) return found;
	const parsed = parseRule(found ? found.value.version.text : nameOrText);
	if (!parsed.ok) return parsed;
	const { id, name } = found?.value.document ?? { id: '', name: UNNAMED };
	return ok({ id, name, rule: parsed.value });
}
