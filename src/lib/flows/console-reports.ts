// The console's verbs for reports.
import { versionId, type ResultId } from '../core/ids.ts';
import { parseReport } from '../core/report/parse-report.ts';
import { markFilters } from '../core/report/row-filter.ts';
import { reportTemplates } from '../core/report/templates.ts';
import { ok } from '../core/result.ts';
import { freeName } from '../core/version/dataset-name.ts';
import type { ReportConsole } from './console-report-types.ts';
import { readMarks } from './console-marks.ts';
import { invalid } from './console-values.ts';
import type { Effects } from './effects.ts';
import { findDataset } from './list-datasets.ts';
import { findDocument, listDocuments } from './list-documents.ts';
import { renderReport } from './render-report.ts';
import { saveDocument } from './save-document.ts';

export function reportVerbs(effects: Effects, newId: () => ResultId): ReportConsole {
	return {
		checkReport: async (nameOrText) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a report');
			const source = await sourceOf(nameOrText, effects);
			if (!source.ok) return source;
			const parsed = parseReport(source.value.text);
			if (!parsed.ok) return parsed;
			const { title, layout, blocks } = parsed.value;
			return ok({
				title,
				layout,
				blocks: blocks.map((block) => ({
					kind: block.kind,
					line: block.place.line,
					name: 'name' in block ? block.name : null
				}))
			});
		},
		renderReport: async (nameOrText, options = {}) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a report');
			const source = await sourceOf(nameOrText, effects);
			if (!source.ok) return source;
			const parsed = parseReport(source.value.text);
			if (!parsed.ok) return parsed;
			const inputs = Object.entries(options.inputs ?? {});
			const pins = Object.entries(options.versions ?? {});
			const { name, version } = source.value;
			const marks = readMarks(options.marked ?? [], parsed.value);
			if (!marks.ok) return marks;
			return renderReport(
				{
					id: newId(),
					report: parsed.value,
					name,
					version,
					chosen: new Map(inputs.map(([input, value]) => [input.toLowerCase(), value])),
					pins: new Map(pins.map(([dataset, id]) => [dataset.toLowerCase(), versionId(id)])),
					brushed: markFilters(marks.value),
					signal: options.signal
				},
				effects
			);
		},
		makeReport: async (id, dataset, options = {}) => {
			const template = reportTemplates.find((one) => one.id === id);
			if (!template) return invalid('template', reportTemplates.map((one) => one.id).join(', '));
			if (typeof dataset !== 'string') return invalid('dataset', 'the name of a dataset');
			const found = await findDataset(dataset, effects);
			if (!found.ok) return found;
			const { schema, statistics } = found.value.version;
			const missing = template.missing(schema);
			if (missing !== null) return invalid('dataset', `another one: ${missing}`);
			const listed = await listDocuments('report', effects);
			if (!listed.ok) return listed;
			const { name: called } = found.value.dataset;
			const taken = listed.value.map(({ document }) => document.name);
			const name = options.name ?? freeName(template.nameOf(called), taken);
			const text = template.textOf({ dataset: called, columns: schema, statistics });
			const saved = await saveDocument({ kind: 'report', name, text }, effects);
			return saved.ok ? ok({ name: saved.value.document.name, version: saved.value.version.id }) : saved;
		}
	};
}

/** What is one line without a mark of Markdown is the name of a report; anything else is its text. */
async function sourceOf(nameOrText: string, effects: Effects) {
	if (/[\n#`]/.test(nameOrText)) return ok({ text: nameOrText, name: 'report', version: null });
	const found = await findDocument('report', nameOrText, effects);
	if (!found.ok) return found;
	const { document, version } = found.value;
	return ok({ text: version.text, name: document.name, version: version.id });
}
