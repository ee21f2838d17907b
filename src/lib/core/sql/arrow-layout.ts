// Which buffers each column of an Arrow schema has in a batch, in order, and its names and types.
import { Type, tableFromIPC, type DataType } from '@uwdata/flechette';
import { invariant } from '../result.ts';
import type { Column } from '../version/version.ts';

/** `values` are bytes that the offsets before them point into; a number is a fixed width in bytes. */
type BufferKind = 'bits' | 'offsets32' | 'offsets64' | 'values' | number;

export type BufferPlan = {
	readonly validity: boolean;
	readonly buffers: readonly BufferKind[];
	readonly children: readonly BufferPlan[];
	/** Rows of a child per row, where no offsets say so. */
	readonly childrenPerRow: number;
};

/** The plan of a batch itself: its columns are the children. */
export function bufferPlan(schemaMessage: Uint8Array): BufferPlan {
	const children = fieldsOf(schemaMessage).map(({ type }) => planOf(type));
	return { validity: false, buffers: [], children, childrenPerRow: 1 };
}

/** Columns as the schema tells them; a DuckDB type that Arrow does not know appears as the one it travels as. */
export function arrowColumns(schemaMessage: Uint8Array): Column[] {
	return fieldsOf(schemaMessage).map(({ name, type }) => ({ name, type: duckDbType(type) }));
}

function fieldsOf(schemaMessage: Uint8Array): readonly { readonly name: string; readonly type: DataType }[] {
	return tableFromIPC(schemaMessage).schema.fields;
}

function planOf(type: DataType): BufferPlan {
	const plan = (
		buffers: readonly BufferKind[],
		children: readonly DataType[] = [],
		childrenPerRow = 1
	): BufferPlan => ({
		validity: true,
		buffers,
		children: children.map(planOf),
		childrenPerRow
	});
	switch (type.typeId) {
		case Type.Null:
			return { ...plan([]), validity: false };
		case Type.Int:
		case Type.Decimal:
		case Type.Time:
			return plan([type.bitWidth / 8]);
		case Type.Float:
			return plan([2 << type.precision]);
		case Type.Bool:
			return plan(['bits']);
		case Type.Date:
			return plan([type.unit === 0 ? 4 : 8]);
		case Type.Timestamp:
		case Type.Duration:
			return plan([8]);
		case Type.Interval:
			return plan([[4, 8, 16][type.unit] ?? 16]);
		case Type.Utf8:
		case Type.Binary:
			return plan(['offsets32', 'values']);
		case Type.LargeUtf8:
		case Type.LargeBinary:
			return plan(['offsets64', 'values']);
		case Type.FixedSizeBinary:
			return plan([type.stride]);
		case Type.List:
		case Type.Map:
			return plan(
				['offsets32'],
				type.children.map(({ type: of }) => of)
			);
		case Type.LargeList:
			return plan(
				['offsets64'],
				type.children.map(({ type: of }) => of)
			);
		case Type.FixedSizeList:
			return plan(
				[],
				type.children.map(({ type: of }) => of),
				type.stride
			);
		case Type.Struct:
			return plan(
				[],
				type.children.map(({ type: of }) => of)
			);
		default:
			// Enumerations and unions are cast to text before they become Arrow: see arrowType.
			invariant(false, `the engine sends no Arrow type ${type.typeId}`);
	}
}

const integerNames = { 8: 'TINYINT', 16: 'SMALLINT', 32: 'INTEGER', 64: 'BIGINT' } as const;

function duckDbType(type: DataType): string {
	switch (type.typeId) {
		case Type.Bool:
			return 'BOOLEAN';
		case Type.Int:
			return `${type.signed ? '' : 'U'}${integerNames[type.bitWidth]}`;
		case Type.Float:
			return type.precision === 2 ? 'DOUBLE' : 'FLOAT';
		case Type.Decimal:
			return `DECIMAL(${type.precision},${type.scale})`;
		case Type.Date:
			return 'DATE';
		case Type.Time:
			return 'TIME';
		case Type.Timestamp:
			return type.timezone ? 'TIMESTAMP WITH TIME ZONE' : 'TIMESTAMP';
		case Type.Interval:
			return 'INTERVAL';
		case Type.Binary:
		case Type.LargeBinary:
		case Type.FixedSizeBinary:
			return 'BLOB';
		case Type.List:
		case Type.LargeList:
			return `${duckDbType(itemType(type))}[]`;
		case Type.FixedSizeList:
			return `${duckDbType(itemType(type))}[${type.stride}]`;
		case Type.Struct:
			return `STRUCT(${type.children.map(({ name, type: of }) => `"${name}" ${duckDbType(of)}`).join(', ')})`;
		case Type.Map:
			return 'MAP';
		default:
			return 'VARCHAR';
	}
}

function itemType(list: { readonly children: readonly { readonly type: DataType }[] }): DataType {
	const item = list.children[0];
	invariant(item, 'a list has one child');
	return item.type;
}
