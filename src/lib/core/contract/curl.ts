// Each endpoint as a curl command, in an order that runs: first what makes the values, then one command after another.
import { pathFieldsOf, type Endpoint } from './endpoint.ts';
import { PARQUET } from './published.ts';

/** Three rows of `id` and `city` as Parquet. */
const CITIES =
	'UEFSMRUGFRgVGFwVBhUAFQYVABUAFQAAAAEAAAACAAAAAwAAABUGFTYVNlwVBhUAFQYVABUAFQAAAAQAAABPc2xvBgAAAEJlcmdlbgUAAABCb2TDuBUEGTxIBHJvb3QVBAAVAiUAGAJpZAAVDCUAGARjaXR5JQAAFgYZHBksJggcFQIZFQAZGAJpZBUAFgYWQhZCJggAACZKHBUMGRUAGRgEY2l0eRUAFgYWYBZgJkoAABaiARYGNqIBACgJaHlwYXJxdWV0GSwcAAAcAAAAegAAAFBBUjE=';

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
CYCLE=$(openssl rand 16 | url64)
PUBLIC_KEY=$(openssl rand 32 | url64)
openssl rand 16 > hook.bin
HOOK=$(url64 < hook.bin) HOOK_HASH=$(openssl dgst -sha256 -binary hook.bin | url64)
printf '{"id":1,"city":"Oslo"}\n{"id":2,"city":"Bergen"}\n' > rows.ndjson
PUBLICATION=$(openssl rand 16 | url64)
printf '${CITIES}' | openssl base64 -d -A > cities.parquet
FILE=$(openssl dgst -sha256 -binary cities.parquet | url64)
FILE_DIGEST="sha-256=:$(openssl dgst -sha256 -binary cities.parquet | openssl base64 -A):"
SHARE=$(openssl rand 16 | url64) LEASE=$(openssl rand 32 | url64)
openssl rand 32 > auth.bin
AUTH=$(url64 < auth.bin) AUTH_HASH=$(openssl dgst -sha256 -binary auth.bin | url64)
EXPIRES=$(($(date +%s) + 86400))000`;

type Example = Readonly<Record<string, unknown>>;

const inPublication = { workspace: '$WORKSPACE', publication: '$PUBLICATION' };
const inShare = { workspace: '$WORKSPACE', share: '$SHARE' };
const inSpace = { workspace: '$WORKSPACE', space: '$SPACE' };
const inWorkspace = { workspace: '$WORKSPACE' };
const inDatabase = {
	...inWorkspace,
	server: {
		engine: 'postgres',
		host: 'db.example.org',
		port: 5432,
		database: 'shop',
		user: 'reader',
		password: 'its password',
		tls: 'verify'
	}
};
const orders = { kind: 'table', schema: 'public', name: 'orders' };
const inQuery = { ...inPublication, query: 'cities' };
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
	listInboxes: inWorkspace,
	openInbox: { ...inSpace, publicKey: '$PUBLIC_KEY', hook: { hash: '$HOOK_HASH', signed: 'none', secret: '' } },
	closeInbox: inSpace,
	pushRows: { ...inSpace, key: 'rows-1', type: 'application/x-ndjson' },
	pushSealed: { ...inSpace, key: 'sealed-1', digest: '$DIGEST' },
	postHook: { hook: '$HOOK', type: 'application/x-ndjson' },
	listItems: { ...inSpace, waiting: 'only' },
	claimItems: { ...inSpace, keys: ['rows-1', 'sealed-1'], from: null },
	getItem: { ...inSpace, key: 'sealed-1' },
	settleItems: { ...inSpace, keys: ['rows-1', 'sealed-1'], outcome: 'taken' },
	putPublishedFile: { ...inPublication, file: '$FILE', digest: '$FILE_DIGEST' },
	publish: { ...inPublication, file: '$FILE', name: 'cities' },
	unpublish: inPublication,
	listPublications: inWorkspace,
	getPublished: { publication: '$PUBLICATION' },
	queryPublished: { publication: '$PUBLICATION', where: 'id>=1', order: '-id', format: 'csv' },
	getPublishedFile: { publication: '$PUBLICATION', range: 'bytes=0-3' },
	putQuery: {
		...inQuery,
		title: 'Cities from a letter on',
		description: null,
		plan: {
			parameters: [
				{
					...{ name: 'from', type: 'text', isList: false, description: null, default: null, isRequired: true },
					...{ allowed: null, min: null, max: null }
				}
			],
			columns: [{ column: 'city', as: 'city' }],
			where: [{ column: 'city', test: '>=', operands: [{ parameter: 'from' }], unlessNull: null }],
			order: [{ column: 'city', isDescending: false, isNullsFirst: false }],
			limit: null,
			pageRows: 100
		}
	},
	listQueries: inWorkspace,
	getPublishedQuery: { publication: '$PUBLICATION', query: 'cities' },
	askPublishedQuery: { publication: '$PUBLICATION', query: 'cities', values: { from: ['Bo'] }, format: 'csv' },
	removeQuery: inQuery,
	putShare: { ...inShare, digest: '$DIGEST', auth: '$AUTH_HASH', expiresAtMs: '$EXPIRES', maxViews: '3' },
	listShares: inWorkspace,
	openShare: { share: '$SHARE', auth: '$AUTH', lease: '$LEASE' },
	getShare: { share: '$SHARE', lease: '$LEASE', range: 'bytes=0-11' },
	revokeShare: inShare,
	notifyEmail: { id: '$OBJECT', to: ['ada@example.org'], subject: 'A subject', text: 'A text' },
	relaySource: {
		...inWorkspace,
		url: 'https://api.example.org/v1/orders',
		method: 'GET',
		headers: [{ name: 'Accept', value: 'application/json' }],
		body: null,
		isSecret: false
	},
	listTables: inDatabase,
	readRows: {
		...inDatabase,
		from: orders,
		columns: ['id', 'price'],
		filters: [{ column: 'price', op: '>=', values: ['10'] }],
		order: ['id'],
		limit: 100
	},
	putRows: { ...inDatabase, into: orders, columns: ['id', 'price'], key: ['id'], rows: '[{"id":1,"price":"12.50"}]' },
	notifyWebhook: { id: '$OBJECT', url: 'https://hooks.example.org/weir', body: '{}' }
};

const BYTES = '-H "Content-Type: application/octet-stream"';

export function curlOf(endpoint: Endpoint): string {
	const { name, method, access, headers = {}, sends, answers } = endpoint;
	const example = exampleByName[name] ?? {};
	const pathFields = pathFieldsOf(endpoint);
	const path = endpoint.path.replaceAll(/\{(\w+)\}/g, (_, field: string) => String(example[field]));
	const { type, ...others } = endpoint.takes ? example : { ...example, type: undefined };
	const rest = Object.entries(others).filter(
		([field, value]) => value !== undefined && !pathFields.includes(field) && !(field in headers)
	);
	const shownHeaders = Object.entries(headers).filter(([field]) => example[field] !== undefined);
	const isQuery = method === 'GET' || method === 'DELETE';
	const query = isQuery ? rest.flatMap(([field, value]) => pairsOf(endpoint, field, value)).join('&') : '';
	const isJson = !isQuery && sends === undefined;
	const options = [
		...(method === 'DELETE' || (method === 'PUT' && isJson) ? [`-X ${method}`] : []),
		...(access === 'anyone'
			? []
			: [`-H "Authorization: Bearer ${access === 'operator' ? '$METRICS_TOKEN' : '$TOKEN'}"`]),
		...shownHeaders.map(([field, header]) => `-H "${header}: ${String(example[field])}"`),
		...(sends === 'bytes' ? bodyOf(endpoint, type) : []),
		...(answers === 'application/octet-stream' || answers === PARQUET ? ['-o received.bin'] : []),
		...(isJson ? ['--json @- <<END'] : [])
	];
	const command = [`curl "$WEIR${path}${query && `?${query}`}"`, ...options].join(' \\\n  ');
	return isJson ? `${command}\n${JSON.stringify(Object.fromEntries(rest))}\nEND` : command;
}

function pairsOf({ othersIn }: Endpoint, field: string, value: unknown): readonly string[] {
	if (field !== othersIn) return [`${field}=${encodeURIComponent(String(value))}`];
	const others = Object.entries(value as Readonly<Record<string, readonly string[]>>);
	return others.flatMap(([name, members]) => members.map((one) => `${name}=${encodeURIComponent(one)}`));
}

function bodyOf({ name, method }: Endpoint, type: unknown): readonly string[] {
	if (typeof type === 'string') return [`-H "Content-Type: ${type}"`, '--data-binary @rows.ndjson'];
	if (method === 'PUT') return [name === 'putPublishedFile' ? '-T cities.parquet' : '-T object.bin'];
	return [BYTES, name === 'putBundle' ? '--data-binary @bundle.bin' : '--data-binary @object.bin'];
}
