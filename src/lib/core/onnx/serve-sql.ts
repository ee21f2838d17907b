// The SQL round a model: what is read for it, checked against its signature first, and its answers beside the rows.
import { err, ok, type Result } from '../result.ts';
import { quoteName, quoteText } from '../sql/quote.ts';
import { typeFamily, type TypeFamily } from '../sql/types.ts';
import type { Column } from '../version/version.ts';
import type { ElementType } from './graph.ts';
import type { ModelSignature, SignatureColumn } from './signature.ts';

export type MisfitColumn = {
	readonly name: string;
	readonly wanted: SignatureColumn['kind'];
	/** The type that the rows have there; null where there is no such column. */
	readonly found: string | null;
};

/** Told before the first row is read. */
export type ModelInputMismatch = {
	readonly kind: 'model-input-mismatch';
	readonly model: string;
	readonly columns: readonly MisfitColumn[];
};

/** What is given to a model, column by column in the order of its signature. */
export type GivenColumn = Column & { readonly sql: string };

const familiesByKind: Readonly<Record<SignatureColumn['kind'], readonly TypeFamily[]>> = {
	number: ['number', 'boolean'],
	whole: ['number', 'boolean'],
	boolean: ['boolean', 'number'],
	date: ['date'],
	text: ['text', 'number', 'boolean', 'date', 'time']
};

/** Columns by the names of the signature, without regard to case. Fails: model-input-mismatch, naming all that do not fit */
export function givenByName(
	signature: ModelSignature,
	schema: readonly Column[],
	model: string
): Result<readonly GivenColumn[], ModelInputMismatch> {
	const given = signature.columns.map(({ name }) => {
		const found =
			schema.find((column) => column.name === name) ??
			schema.find((column) => column.name.toLowerCase() === name.toLowerCase());
		return found ? { ...found, sql: quoteName(found.name) } : null;
	});
	return checked(signature, given, model);
}

/** As `givenByName`, for expressions in the order of the signature. */
export function givenInOrder(
	signature: ModelSignature,
	given: readonly GivenColumn[],
	model: string
): Result<readonly GivenColumn[], ModelInputMismatch> {
	return checked(
		signature,
		signature.columns.map((_, index) => given[index] ?? null),
		model
	);
}

function checked(
	{ columns }: ModelSignature,
	given: readonly (GivenColumn | null)[],
	model: string
): Result<readonly GivenColumn[], ModelInputMismatch> {
	const misfits: MisfitColumn[] = [];
	const fitting: GivenColumn[] = [];
	columns.forEach(({ name, kind }, index) => {
		const found = given[index] ?? null;
		if (found && familiesByKind[kind].includes(typeFamily(found.type))) fitting.push(found);
		else misfits.push({ name, wanted: kind, found: found?.type ?? null });
	});
	return misfits.length === 0 ? ok(fitting) : err({ kind: 'model-input-mismatch', model, columns: misfits });
}

/** A select list: `c0`, `c1`, … as the runtime takes them. A null of a whole number cannot be told and is 0. */
export function modelInputSql({ columns, inputs }: ModelSignature, given: readonly GivenColumn[]): string {
	return columns
		.map((column, index) => {
			const type = (inputs.length === 1 ? inputs[0] : inputs[index])?.type ?? 'float';
			return `${valueSql(column, type, given[index])} AS c${index}`;
		})
		.join(', ');
}

function valueSql({ kind, missing }: SignatureColumn, type: ElementType, given: GivenColumn | undefined): string {
	const sql = given?.sql ?? 'NULL';
	if (kind === 'text') return `coalesce(CAST(${sql} AS VARCHAR), ${quoteText(missing)})`;
	if (kind === 'date') return `coalesce(CAST(epoch_ms(CAST(${sql} AS TIMESTAMP)) AS DOUBLE), CAST('nan' AS DOUBLE))`;
	if (type === 'int64' || type === 'int32')
		return `coalesce(CAST(${sql} AS ${type === 'int64' ? 'BIGINT' : 'INTEGER'}), 0)`;
	if (type === 'bool') return `coalesce(CAST(${sql} AS BOOLEAN), false)`;
	const float = type === 'double' ? 'DOUBLE' : 'FLOAT';
	const double = `TRY_CAST(${sql} AS DOUBLE)`;
	const value = type === 'double' ? double : `TRY_CAST(${double} AS FLOAT)`;
	return `coalesce(${value}, CAST('nan' AS ${float}))`;
}

/** The columns that answers are staged in: a number, or a class and how likely it is, of two classes the second one. */
export function answerColumns({ answer }: ModelSignature): readonly Column[] {
	if (answer.kind === 'number') return [{ name: 'c0', type: 'DOUBLE' }];
	return [
		{ name: 'c0', type: 'VARCHAR' },
		{ name: 'c1', type: 'DOUBLE' }
	];
}
