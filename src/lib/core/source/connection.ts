// A connection: what its text says, and everything that is wrong with the text, each with line and column. A kind of source is a file
// beside `rest/rest-connection.ts`, named here once for each thing that is asked of a kind.
import * as v from 'valibot';
import { placeIssue, problemAt } from '../document/place-issue.ts';
import { inOrder, isMapping, typeOf } from '../document/text-problem.ts';
import { readYaml, type Path, type YamlText } from '../document/yaml-text.ts';
import { err, ok, type Result } from '../result.ts';
import type { ConnectionProblem, InvalidConnection, TellProblem } from './connection-problem.ts';
import { connectionSchema, type WrittenConnection } from './connection-schema.ts';
import { filesConnection, knownFilesKeys, tellFilesProblems, type FilesConnection } from './files/files-connection.ts';
import {
	knownRestKeys,
	restConnection,
	tellRestProblems,
	type RestConnection,
	type Through
} from './rest/rest-connection.ts';
import { isDatabase, knownSqlKeys, sqlConnection, tellSqlProblems, type SqlConnection } from './sql/sql-connection.ts';

export type Connection = RestConnection | SqlConnection | FilesConnection;

const knownKeys: Readonly<Record<Connection['kind'], (holder: Path) => readonly string[]>> = {
	rest: knownRestKeys,
	postgres: knownSqlKeys,
	mysql: knownSqlKeys,
	s3: knownFilesKeys('s3'),
	web: knownFilesKeys('web'),
	folder: knownFilesKeys('folder'),
	weir: knownFilesKeys('weir')
};

function tellProblems(written: WrittenConnection, tell: TellProblem): void {
	switch (written.kind) {
		case 'rest':
			return tellRestProblems(written, tell);
		case 'postgres':
		case 'mysql':
			return tellSqlProblems(written, tell);
		case 's3':
		case 'web':
		case 'folder':
		case 'weir':
			return tellFilesProblems(written, tell);
	}
}

function connectionOf(written: WrittenConnection): Connection {
	switch (written.kind) {
		case 'rest':
			return restConnection(written);
		case 'postgres':
		case 'mysql':
			return sqlConnection(written);
		case 's3':
		case 'web':
		case 'folder':
		case 'weir':
			return filesConnection(written);
	}
}

export function isOfDatabase(connection: Connection): connection is SqlConnection {
	return isDatabase(connection.kind);
}

export function throughOf(connection: Connection): Through {
	return isOfDatabase(connection) ? 'relay' : connection.through;
}

export function parseConnection(text: string): Result<Connection, InvalidConnection> {
	const read = readYaml(text);
	if (!read.ok) return err({ kind: 'invalid-connection', problems: read.error });
	const yaml = read.value;
	if (!isMapping(yaml.value)) {
		const problem = { code: 'wrong-type', expected: 'a mapping', found: typeOf(yaml.value) } as const;
		return err({ kind: 'invalid-connection', problems: [problemAt(yaml.placeOf([]), [], problem)] });
	}
	const parsed = v.safeParse(connectionSchema, yaml.value);
	const problems = parsed.success ? problemsOf(parsed.output, yaml) : parsed.issues.map((issue) => placed(issue, yaml));
	if (!parsed.success || problems.length > 0) return err({ kind: 'invalid-connection', problems: inOrder(problems) });
	return ok(connectionOf(parsed.output));
}

function placed(issue: v.BaseIssue<unknown>, yaml: YamlText): ConnectionProblem {
	const path = (issue.path ?? []).map(({ key }) => (typeof key === 'number' ? key : String(key)));
	const isList = (path[0] === 'urls' || path[0] === 'endpoint') && issue.type === 'regex';
	const isAddress = path[0] === 'url' || isList;
	if (isAddress && typeof issue.input === 'string')
		return problemAt(yaml.placeOf(path), path, { code: 'bad-address', value: issue.input.replace(/\/\/[^/]*@/, '//') });
	const kind = isMapping(yaml.value) ? yaml.value['kind'] : null;
	const known = Object.entries(knownKeys).find(([name]) => name === kind)?.[1];
	return placeIssue(issue, yaml, (holder) => known?.(holder) ?? []);
}

function problemsOf(written: WrittenConnection, yaml: YamlText): readonly ConnectionProblem[] {
	const problems: ConnectionProblem[] = [];
	tellProblems(written, (path, problem) => {
		const last = path.at(-1);
		const place = typeof last === 'string' ? yaml.placeOfKey(path.slice(0, -1), last) : yaml.placeOf(path);
		problems.push(problemAt(place, path, problem));
	});
	return problems;
}
