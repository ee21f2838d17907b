// The console's verbs for reports.
import { versionId, type ResultId } from '../core/ids.ts';
import { compareEditions } from '../core/report/edition-changes.ts';
import { parseReport } from '../core/report/parse-report.ts';
import type { InvalidReport } from '../core/report/problem.ts';
import { markFilters } from '../core/report/row-filter.ts';
import { templateIds } from '../core/report/templates.ts';
import { ok, type Result } from '../core/result.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { InvalidArgument } from './console-answer.ts';
import { readMarks } from './console-marks.ts';
import type { ReportConsole, ReportOptions } from './console-report-types.ts';
import { invalid, isTexts } from './console-values.ts';
import type { Effects } from './effects.ts';
import { explainNumber } from './explain-number.ts';
import { findDocument } from './list-documents.ts';
import { makeReport } from './make-report.ts';
import { chartsFor } from './propose-charts.ts';
import { renderReport, type RenderInput } from './render-report.ts';

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
			const asked = await askedOf(nameOrText, options, newId, effects);
			return asked.ok ? renderReport(asked.value, effects) : asked;
		},
		explainNumber: async (nameOrText, at, options = {}) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a report');
			if (!Number.isInteger(at.block) || !Number.isInteger(at.row))
				return invalid('at', 'a block and a row, both from 0 on: { block: 2, row: 0 }');
			const asked = await askedOf(nameOrText, options, newId, effects);
			return asked.ok ? explainNumber({ ...asked.value, at }, effects) : asked;
		},
		refreshReport: async (nameOrText, versions, options = {}) => {
			if (typeof nameOrText !== 'string') return invalid('nameOrText', 'the name or text of a report');
			if (typeof versions !== 'object') return invalid('versions', 'ids of versions by the names of datasets');
			const asked = await askedOf(nameOrText, { ...options, versions }, newId, effects);
			if (!asked.ok) return asked;
			const before = await renderReport(asked.value, effects);
			if (!before.ok) return before;
			const edition = await renderReport({ ...asked.value, pins: new Map() }, effects);
			return edition.ok
				? ok({ edition: edition.value, changes: compareEditions(before.value, edition.value) })
				: edition;
		},
		proposeCharts: async (dataset, { columns, signal } = {}) => {
			if (typeof dataset !== 'string') return invalid('dataset', 'the name of a dataset');
			if (columns !== undefined && !isTexts(columns)) return invalid('columns', 'names of columns');
			const proposed = await chartsFor({ id: newId(), from: dataset, columns, signal }, effects);
			return proposed.ok ? ok(proposed.value.charts) : proposed;
		},
		makeReport: async (template, of, options = {}) => {
			if (!templateIds.includes(template)) return invalid('template', templateIds.join(', '));
			if (typeof of !== 'string') return invalid('of', 'the name of a dataset, or of a model');
			const { columns, version, against, name } = options;
			if (columns !== undefined && !isTexts(columns)) return invalid('columns', 'names of columns');
			for (const [argument, number] of Object.entries({ version, against }))
				if (number !== undefined && !Number.isInteger(number)) return invalid(argument, 'a number: 3 is v3');
			const made = await makeReport({ template, of, columns, version, against, name }, effects);
			return made.ok ? ok({ name: made.value.document.name, version: made.value.version.id }) : made;
		}
	};
}

async function askedOf(
	nameOrText: string,
	{ inputs = {}, versions = {}, marked = [], signal }: ReportOptions,
	newId: () => ResultId,
	effects: Effects
): Promise<Result<RenderInput, InvalidReport | StoreFailure | InvalidArgument>> {
	const source = await sourceOf(nameOrText, effects);
	if (!source.ok) return source;
	const parsed = parseReport(source.value.text);
	if (!parsed.ok) return parsed;
	const { name, version } = source.value;
	const marks = readMarks(marked, parsed.value);
	if (!marks.ok) return marks;
	return ok({
		id: newId(),
		report: parsed.value,
		name,
		version,
		chosen: new Map(Object.entries(inputs).map(([input, value]) => [input.toLowerCase(), value])),
		pins: new Map(Object.entries(versions).map(([dataset, id]) => [dataset.toLowerCase(), versionId(id)])),
		brushed: markFilters(marks.value),
		signal
	});
}

/** What is one line without a mark of Markdown is the name of a report; anything else is its text. */
async function sourceOf(nameOrText: string, effects: Effects) {
	if (/[\n#`]/.test(nameOrText)) return ok({ text: nameOrText, name: 'report', version: null });
	const found = await findDocument('report', nameOrText, effects);
	if (!found.ok) return found;
	const { document, version } = found.value;
	return ok({ text: version.text, name: document.name, version: version.id });
}
