// Each endpoint as a curl command, in an order that runs: first what makes the values, then one command after another.
import { pathFieldsOf, type Endpoint } from './endpoint.ts';

/** Makes the values that the commands name; needs openssl. */
export const curlPreamble = `WEIR=http://127.0.0.1:8787
url64() { openssl base64 -A | tr '+/' '-_' | tr -d '='; }
WORKSPACE=$(openssl rand 16 | url64) SPACE=$(openssl rand 16 | url64)
ID=$(openssl rand 16 | url64)
openssl rand 32 > secret.bin
HASH=$(openssl dgst -sha256 -binary secret.bin | url64)
TOKEN=weir1.$ID.$(url64 < secret.bin)
printf 'sealed bytes' > object.bin
OBJECT=$(openssl rand 32 | url64)
DIGEST="sha-256=:$(openssl dgst -sha256 -binary object.bin | openssl base64 -A):"
{ openssl rand 32; printf '\\0\\0\\0\\14'; cat object.bin; } > bundle.bin
BUNDLE_DIGEST="sha-256=:$(openssl dgst -sha256 -binary bundle.bin | openssl base64 -A):"
GENESIS=$(printf 'first entry' | url64) ENTRY=$(printf 'next entry' | url64)
FIRST=$(printf 'first entry' | openssl dgst -sha256 -binary | url64)
REF=$(openssl rand 32 | url64) RECORD=$(printf 'where main is' | url64)
STEP=$(printf 'where main is' | openssl dgst -sha256 -binary | url64)
OTHER=$(openssl rand 16 | url64) SLOT=$(openssl rand 16 | url64)
CYCLE=$(openssl rand 16 | url64)`;

type Example = Readonly<Record<string, unknown>>;

const inSpace = { workspace: '$WORKSPACE', space: '$SPACE' };
const inWorkspace = { workspace: '$WORKSPACE' };
const atCycle = { ...inWorkspace, cycle: '$CYCLE' };

/** What each operation is asked; `$NAME` is a value of the preamble. */
const exampleByName: Readonly<Record<string, Example>> = {
	createWorkspace: { ...inWorkspace, genesis: '$GENESIS', token: { id: '$ID', hash: '$HASH' } },
	getWorkspace: inWorkspace,
	listTokens: inWorkspace,
	createToken: {
		...inWorkspace,
		id: '$OTHER',
		hash: '$HASH',
		verbs: ['read'],
		spaces: ['$SPACE'],
		refs: null,
		expiresAtMs: null,
		label: null
	},
	revokeToken: { ...inWorkspace, id: '$OTHER' },
	listMembers: inWorkspace,
	appendMember: { ...inWorkspace, prev: '$FIRST', entry: '$ENTRY' },
	listSlots: inWorkspace,
	putSlot: { ...inWorkspace, slot: '$SLOT', sealed: '$ENTRY' },
	deleteSlot: { ...inWorkspace, slot: '$SLOT' },
	haveObjects: { ...inSpace, ids: ['$OBJECT'] },
	putObject: { ...inSpace, id: '$OBJECT', digest: '$DIGEST' },
	getObject: { ...inSpace, id: '$OBJECT' },
	putBundle: { ...inSpace, digest: '$BUNDLE_DIGEST' },
	getBundle: { ...inSpace, ids: ['$OBJECT'] },
	listRefs: inWorkspace,
	listRefLog: { ...inSpace, token: '$REF', after: '0' },
	moveRef: { ...inSpace, token: '$REF', prev: null, seq: 1, hash: '$STEP', record: '$RECORD', needs: ['$OBJECT'] },
	beginGc: atCycle,
	markLive: { ...atCycle, space: '$SPACE', ids: ['$OBJECT'] },
	endGc: atCycle,
	listAudit: { ...inWorkspace, after: '0' },
	notifyEmail: { id: '$OBJECT', to: ['ada@example.org'], subject: 'A subject', text: 'A text' },
	notifyWebhook: { id: '$OBJECT', url: 'https://hooks.example.org/weir', body: '{}' }
};

const BYTES = '-H "Content-Type: application/octet-stream"';

export function curlOf(endpoint: Endpoint): string {
	const { name, method, access, headers = {}, sends, answers } = endpoint;
	const example = exampleByName[name] ?? {};
	const pathFields = pathFieldsOf(endpoint);
	const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, field: string) => String(example[field]));
	const rest = Object.entries(example).filter(([field]) => !pathFields.includes(field) && !(field in headers));
	const isQuery = method === 'GET' || method === 'DELETE';
	const query = isQuery ? rest.map(([field, value]) => `${field}=${String(value)}`).join('&') : '';
	const isJson = !isQuery && sends === undefined;
	const options = [
		...(method === 'DELETE' || (method === 'PUT' && isJson) ? [`-X ${method}`] : []),
		...(access === 'anyone'
			? []
			: [`-H "Authorization: Bearer ${access === 'operator' ? '$METRICS_TOKEN' : '$TOKEN'}"`]),
		...Object.entries(headers).map(([field, header]) => `-H "${header}: ${String(example[field])}"`),
		...(sends === undefined ? [] : method === 'PUT' ? ['-T object.bin'] : [BYTES, '--data-binary @bundle.bin']),
		...(answers === 'application/octet-stream' ? ['-o received.bin'] : []),
		...(isJson ? ['--json @- <<END'] : [])
	];
	const command = [`curl "$WEIR${path}${query && `?${query}`}"`, ...options].join(' \\\n  ');
	return isJson ? `${command}\n${JSON.stringify(Object.fromEntries(rest))}\nEND` : command;
}
