// The shape of a connection's text, of every kind; `static/schemas/connection.json` is made from it, and a test keeps it so.
import { toJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { folderSchema, publishedSchema, s3Schema, webSchema } from './files/files-connection.ts';
import { restSchema } from './rest/rest-connection.ts';
import { mysqlSchema, postgresSchema } from './sql/sql-connection.ts';

export const connectionSchema = v.variant('kind', [
	restSchema,
	postgresSchema,
	mysqlSchema,
	s3Schema,
	webSchema,
	folderSchema,
	publishedSchema
]);
export type WrittenConnection = v.InferOutput<typeof connectionSchema>;

export function connectionJsonSchema(): Readonly<Record<string, unknown>> {
	return {
		$id: '/schemas/connection.json',
		...toJsonSchema(connectionSchema, { typeMode: 'input', errorMode: 'ignore' }),
		title: 'Weir connection',
		description: 'Where rows come from, how they are asked for, and what becomes of them.'
	};
}
