// Parts of a connection as its text has them, for forms.
import { editList, type Plain } from '../document/edit-list.ts';
import { readYaml } from '../document/yaml-text.ts';
import { isMapping } from '../document/text-problem.ts';

/** What a connection of each kind begins with. */
const begun = {
	rest: 'kind: rest\nurl: https://\n',
	postgres: 'kind: postgres\nhost: \ndatabase: \nuser: \n',
	mysql: 'kind: mysql\nhost: \ndatabase: \nuser: \n',
	s3: 'kind: s3\nregion: us-east-1\nbucket: \n',
	web: 'kind: web\nurls: [ https:// ]\n',
	folder: 'kind: folder\nfolder: \n',
	weir: 'kind: weir\nurl: https://\n'
} as const;
export type BegunKind = keyof typeof begun;

/** `load` stays where the kind of a connection that is being written is chosen anew. */
export function newConnection(kind: BegunKind, load: Plain = null): string {
	return load === null ? begun[kind] : editConnection(begun[kind], 'load', load);
}

/** The text with another value; null takes the key away. The same text where it is no YAML. */
export function editConnection(text: string, key: string, value: Plain): string {
	return editList(text, '', { kind: 'head', key, value });
}

/** What the text says, as far as it can be read, whether or not it is right. */
export function fieldsOf(text: string): Readonly<Record<string, unknown>> {
	const read = readYaml(text);
	return read.ok && isMapping(read.value.value) ? read.value.value : {};
}
