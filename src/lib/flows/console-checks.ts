// The console's verbs for checks: suites as documents, verdicts about versions, and suites of other tools.
import { expectations } from '../core/check/catalogue.ts';
import { expectationFacts } from '../core/check/check-fields.ts';
import { suiteFormats, type SuiteFormat } from '../core/check/exchange.ts';
import { exportDataContract } from '../core/check/export-contract.ts';
import { exportGxSuite } from '../core/check/export-gx-suite.ts';
import { importSuite } from '../core/check/import-suite.ts';
import { parseSuite } from '../core/check/parse-suite.ts';
import type { SuiteVerdict } from '../core/check/verdict.ts';
import { writeSuite } from '../core/check/write-suite.ts';
import type { ResultId } from '../core/ids.ts';
import { ok } from '../core/result.ts';
import { checkVersion, rowsSqlOf } from './check-version.ts';
import type { CheckConsole, VerdictFacts } from './console-check-types.ts';
import { documentFacts } from './console-documents.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { findVersion } from './find-version.ts';
import { findDataset, numberOf, type CatalogueItem } from './list-datasets.ts';
import { findDocument, listDocuments } from './list-documents.ts';
import { saveDocument } from './save-document.ts';
import { suggestChecks } from './suggest-checks.ts';

/** What a suite that was given as its text alone is called. */
const UNNAMED = 'a suite';

export function checkVerbs(effects: Effects, newId: () => ResultId): CheckConsole {
	return {
		check: async (reference, given, options = {}) => {
			if (typeof reference !== 'string') return invalid('reference', 'the name of a dataset, or name@version');
			if (typeof given !== 'string') return invalid('suite', 'the name or text of a suite');
			const suite = await suiteOf(given, effects);
			if (!suite.ok) return suite;
			const found = await findVersion(reference, effects);
			if (!found.ok) return found;
			const isKept = options.keep ?? suite.value.version !== null;
			const input = { id: newId(), ...found.value, suite: suite.value, isKept, signal: options.signal };
			const verdict = await checkVersion(input, effects);
			return verdict.ok ? ok(verdictFacts(verdict.value, found.value.item)) : verdict;
		},
		verdicts: async (name) => {
			if (typeof name !== 'string') return invalid('name', 'a dataset name');
			const found = await findDataset(name, effects);
			if (!found.ok) return found;
			const kept = await effects.store.verdicts(found.value.dataset.id);
			return kept.ok ? ok(kept.value.map((verdict) => verdictFacts(verdict, found.value))) : kept;
		},
		saveSuite: async (name, text, options = {}) => {
			if (typeof name !== 'string') return invalid('name', 'a name');
			if (typeof text !== 'string') return invalid('text', 'the text of a suite');
			const parsed = parseSuite(text);
			if (!parsed.ok) return parsed;
			const saved = await saveDocument({ kind: 'suite', name, text, message: options.message }, effects);
			if (!saved.ok) return saved;
			const { document, version, isChanged } = saved.value;
			return ok({ name: document.name, version: version.id, isChanged });
		},
		suites: async () => {
			const items = await listDocuments('suite', effects);
			if (!items.ok) return items;
			return ok(
				items.value.map((item) => {
					const parsed = parseSuite(item.version.text);
					return { ...documentFacts(item, item.version), suite: parsed.ok ? parsed.value : null };
				})
			);
		},
		importSuite: (text, options = {}) => {
			if (typeof text !== 'string') return Promise.resolve(invalid('text', 'JSON or YAML'));
			const imported = importSuite(text, options.object ?? null);
			if (!imported.ok) return Promise.resolve(imported);
			const { name, suite, left } = imported.value;
			return Promise.resolve(ok({ name, text: writeSuite(suite), left }));
		},
		exportSuite: async (nameOrText, format) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a suite');
			if (!isFormat(format)) return invalid('format', suiteFormats.join(', '));
			const found = await suiteOf(nameOrText, effects);
			if (!found.ok) return found;
			const parsed = parseSuite(found.value.text);
			if (!parsed.ok) return parsed;
			const { name } = found.value;
			if (format !== 'odcs') return ok(exportGxSuite(name, parsed.value, format));
			const dataset = await findDataset(parsed.value.dataset ?? '', effects);
			const schema = dataset.ok ? dataset.value.version.schema : [];
			return ok(exportDataContract(name, parsed.value, schema));
		},
		expectations: () => Promise.resolve(ok(expectations.map(expectationFacts))),
		suggestSuite: async (reference, options = {}) => {
			if (typeof reference !== 'string') return invalid('reference', 'the name of a dataset, or name@version');
			const found = await findVersion(reference, effects);
			if (!found.ok) return found;
			return suggestChecks({ ...found.value, signal: options.signal }, effects);
		}
	};
}

function isFormat(format: unknown): format is SuiteFormat {
	return suiteFormats.some((one) => one === format);
}

/** A name in one line without a colon is that of a suite; anything else is its text. */
async function suiteOf(nameOrText: string, effects: Effects) {
	if (/[:\n]/.test(nameOrText)) return ok({ name: UNNAMED, text: nameOrText, version: null });
	const found = await findDocument('suite', nameOrText, effects);
	if (!found.ok) return found;
	const { document, version } = found.value;
	return ok({ name: document.name, text: version.text, version: version.id });
}

export function verdictFacts(verdict: SuiteVerdict, item: CatalogueItem): VerdictFacts {
	const { id: _id, version, checks, ...rest } = verdict;
	const { name } = item.dataset;
	return {
		...rest,
		dataset: name,
		version,
		number: numberOf({ id: version }, item),
		checks: checks.map((check) => ({
			...check,
			rowsSql: check.rowsSql === null ? null : rowsSqlOf(check.rowsSql, name, version)
		}))
	};
}
