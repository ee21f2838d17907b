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

/** A select list: `c0`, `c1`, … as the runtime takes them. Where a null has no number, there must be none: see `nullsSql`. */
export function modelInputSql({ columns, inputs }: ModelSignature, given: readonly GivenColumn[]): string {
	return columns
		.map((column, index) => `${valueSql(column, typeOfInput(inputs, index), given[index])} AS c${index}`)
		.join(', ');
}

/** Counts, in the order of the columns it names, the nulls that a model cannot be told of; null where it can be told of all. */
export function nullsSql(
	{ columns, inputs }: ModelSignature,
	given: readonly GivenColumn[]
): { readonly columns: readonly string[]; readonly select: string } | null {
	const strict = columns.flatMap(({ name, kind }, index) => {
		const type = typeOfInput(inputs, index);
		const isStrict = kind !== 'text' && kind !== 'date' && (type === 'int64' || type === 'int32' || type === 'bool');
		return isStrict ? [{ name, sql: given[index]?.sql ?? 'NULL' }] : [];
	});
	if (strict.length === 0) return null;
	const counts = strict.map(({ sql }, at) => `count(*) FILTER ((${sql}) IS NULL) AS n${at}`);
	return { columns: strict.map(({ name }) => name), select: counts.join(', ') };
}

function typeOfInput(inputs: ModelSignature['inputs'], index: number): ElementType {
	return (inputs.length === 1 ? inputs[0] : inputs[index])?.type ?? 'float';
}

function valueSql({ kind, missing }: SignatureColumn, type: ElementType, given: GivenColumn | undefined): string {
	const sql = given?.sql ?? 'NULL';
	if (kind === 'text') return `coalesce(CAST(${sql} AS VARCHAR), ${quoteText(missing)})`;
	if (kind === 'date') return `coalesce(CAST(epoch_ms(CAST(${sql} AS TIMESTAMP)) AS DOUBLE), CAST('nan' AS DOUBLE))`;
	if (type === 'int64' || type === 'int32') return `CAST(${sql} AS ${type === 'int64' ? 'BIGINT' : 'INTEGER'})`;
	if (type === 'bool') return `CAST(${sql} AS BOOLEAN)`;
	const float = type === 'double' ? 'DOUBLE' : 'FLOAT';
	const double = `TRY_CAST(${sql} AS DOUBLE)`;
	const value = type === 'double' ? double : `TRY_CAST(${double} AS FLOAT)`;
	return `coalesce(${value}, CAST('nan' AS ${float}))`;
}

/** The columns that answers are staged in: a number, or a class and how likely it is, of two classes the second one; then each class. */
export function answerColumns({ answer }: ModelSignature): readonly Column[] {
	if (answer.kind === 'number') return [{ name: 'c0', type: 'DOUBLE' }];
	return [
		{ name: 'c0', type: 'VARCHAR' },
		{ name: 'c1', type: 'DOUBLE' },
		...(answer.tellsAll ? answer.classes : []).map((_, at) => ({ name: `s${at}`, type: 'DOUBLE' }))
	];
}
