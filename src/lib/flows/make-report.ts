// Makes a whole report of a dataset or a model by a template, and keeps it.
import { resultId } from '../core/ids.ts';
import { nearest } from '../core/nearest.ts';
import type { ColumnFailure } from '../core/report/column-sql.ts';
import type { TemplateFailure } from '../core/report/failure.ts';
import { datasetTemplates, modelTemplates, templateIds } from '../core/report/templates.ts';
import { categoriesOf, dimensionsOf, sourceOf, type Dimension } from '../core/report/templates-dataset.ts';
import { err, ok, type Result } from '../core/result.ts';
import { freeName } from '../core/version/dataset-name.ts';
import type { StoreFailure } from '../core/version/store-failure.ts';
import type { Column, Version } from '../core/version/version.ts';
import type { Effects } from './effects.ts';
import { findDataset, numberOf, type CatalogueItem } from './list-datasets.ts';
import { listDocuments, type DocumentItem } from './list-documents.ts';
import { lookAtColumns } from './propose-charts.ts';
import type { BlockFailure } from './report-rows.ts';
import { findModel, type ResolveModelFailure } from './resolve-model.ts';
import { saveDocument } from './save-document.ts';

export type MakeReportInput = {
	readonly template: string;
	/** A dataset's name; a model's, with an alias, a stage or a number if need be. */
	readonly of: string;
	/** What the report is about; all columns where none are said. */
	readonly columns?: readonly string[] | undefined;
	/** `v3` is 3; the newest where none is said. */
	readonly version?: number | undefined;
	/** What it is held against; the one before where none is said. */
	readonly against?: number | undefined;
	readonly name?: string | undefined;
};

export type MakeReportFailure = TemplateFailure | StoreFailure | ResolveModelFailure | BlockFailure | ColumnFailure;
/** Columns that may be dimensions. */
const LOOKED_AT = 40;

export type MadeReport = Pick<DocumentItem, 'document' | 'version'>;

export async function makeReport(
	input: MakeReportInput,
	effects: Effects
): Promise<Result<MadeReport, MakeReportFailure>> {
	const written = await writeReport(input, effects);
	if (!written.ok) return written;
	const listed = await listDocuments('report', effects);
	if (!listed.ok) return listed;
	const taken = listed.value.map(({ document }) => document.name);
	const { called, text } = written.value;
	return saveDocument({ kind: 'report', name: input.name ?? freeName(called, taken), text }, effects);
}

type Written = { readonly called: string; readonly text: string };

async function writeReport(input: MakeReportInput, effects: Effects): Promise<Result<Written, MakeReportFailure>> {
	const { template: id, of } = input;
	const ofModel = modelTemplates.find((one) => one.id === id);
	if (ofModel) {
		const version = await findModel(of, effects);
		if (!version.ok) return version;
		const { model, number, run } = version.value;
		const found = run === null ? ok(null) : await effects.models.run(run);
		if (!found.ok) return found;
		const text = ofModel.textOf({ version: version.value, run: found.value });
		return ok({ called: ofModel.nameOf(model, number), text });
	}
	const ofDataset = datasetTemplates.find((one) => one.id === id);
	if (!ofDataset) return err({ kind: 'unknown-template', template: id, known: templateIds });
	const item = await findDataset(of, effects);
	if (!item.ok) return item;
	const { name: dataset } = item.value.dataset;
	const numbers = versionNumbers(item.value);
	const { version = null, against = null } = input;
	const wrong = [version, against].find((number) => number !== null && !numbers.includes(number));
	const isItself = against !== null && against === (version ?? numbers.at(-1));
	if (typeof wrong === 'number' || isItself)
		return err({ kind: 'template-version', of: dataset, number: wrong ?? against ?? 0, known: numbers });
	const looked = versionAt(item.value, version);
	const columns = chosenColumns(looked, input.columns);
	if (!columns.ok) return columns;
	const needs = ofDataset.missing({ columns: columns.value, numbers });
	if (needs !== null) return err({ kind: 'template-needs', template: id, of: dataset, needs });
	const key = looked.primaryKey ?? [];
	const newest = version ?? numbers.at(-1) ?? 0;
	const older = versionAt(item.value, against ?? numbers.filter((number) => number < newest).at(-1) ?? null);
	const shared = older.schema.map(({ name }) => name);
	const dimensions = ofDataset.needsDimensions
		? await readDimensions({ from: sourceOf(dataset, version), columns: columns.value, version: looked }, effects)
		: ok([]);
	if (!dimensions.ok) return dimensions;
	const about = { columns: columns.value, dimensions: dimensions.value };
	const text = ofDataset.textOf({ dataset, ...about, key, numbers, version, against, shared });
	return ok({ called: ofDataset.nameOf(dataset), text });
}

/** What values columns have is read from the rows. */
async function readDimensions(
	{ from, columns, version }: { readonly from: string; readonly columns: readonly Column[]; readonly version: Version },
	effects: Effects
): Promise<Result<readonly Dimension[], MakeReportFailure>> {
	const categories = categoriesOf(columns).slice(0, LOOKED_AT);
	if (categories.length === 0) return ok([]);
	const id = resultId(`template-${effects.randomId()}`);
	const looked = await lookAtColumns({ id, from, columns: categories.map(({ name }) => name) }, effects);
	return looked.ok ? ok(dimensionsOf(looked.value.facts, version.table.rowCount)) : looked;
}

/** Of the versions that are stored, ascending. */
export function versionNumbers(item: CatalogueItem): readonly number[] {
	return item.history.flatMap((version) => numberOf(version, item) ?? []);
}

function versionAt(item: CatalogueItem, number: number | null): Version {
	return item.history.find((one) => numberOf(one, item) === number) ?? item.version;
}

function chosenColumns(
	{ schema }: Version,
	names: readonly string[] | undefined
): Result<Version['schema'], TemplateFailure> {
	if (names === undefined || names.length === 0) return ok(schema);
	const unknown = names.find((name) => !schema.some((column) => column.name === name));
	const known = schema.map(({ name }) => name);
	return unknown === undefined
		? ok(schema.filter(({ name }) => names.includes(name)))
		: err({ kind: 'template-columns', unknown, nearest: nearest(unknown, known) });
}
