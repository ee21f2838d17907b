// The connections of the workspace: documents, of which each says one source, and the secrets that this device has for them.
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { InvalidConnection } from '../core/source/connection-problem.ts';
import { parseConnection, type Connection } from '../core/source/connection.ts';
import type { Effects } from './effects.ts';
import { findDocument, listDocuments, type DocumentItem } from './list-documents.ts';
import { saveDocument, type SavedDocument } from './save-document.ts';

export type NeededSecret = { readonly name: string; readonly origin: string; readonly isKnown: boolean };

export type ConnectionItem = {
	readonly item: DocumentItem;
	/** Null where its text cannot be read. */
	readonly connection: Connection | null;
	/** What it needs besides its text, and whether this device has it for that address. */
	readonly secrets: readonly NeededSecret[];
};

export async function listConnections(effects: Effects): Promise<Result<readonly ConnectionItem[], Failure>> {
	const items = await listDocuments('connection', effects);
	if (!items.ok) return items;
	const shown: ConnectionItem[] = [];
	for (const item of items.value) {
		const parsed = parseConnection(item.version.text);
		const connection = parsed.ok ? parsed.value : null;
		const secrets: NeededSecret[] = [];
		for (const { name, origin } of connection?.secrets ?? []) {
			const secret = await secretOf({ connection: item.document.id, name, origin }, effects);
			if (!secret.ok) return secret;
			secrets.push({ name, origin, isKnown: secret.value !== null });
		}
		shown.push({ item, connection, secrets });
	}
	return ok(shown);
}

export type FoundConnection = { readonly id: string; readonly name: string; readonly connection: Connection };

export async function findConnection(
	name: string,
	effects: Effects
): Promise<Result<FoundConnection, InvalidConnection | Failure>> {
	const found = await findDocument('connection', name, effects);
	if (!found.ok) return found;
	const { document, version } = found.value;
	const parsed = parseConnection(version.text);
	return parsed.ok ? ok({ id: document.id, name: document.name, connection: parsed.value }) : parsed;
}

export type ConnectInput = {
	readonly name: string;
	readonly text: string;
	/** By name, see the connection's `secrets`. Those that are left out stay. */
	readonly secrets?: Readonly<Record<string, string>> | undefined;
	readonly message?: string | undefined;
};

/** Keeps a connection, or its next version; its secrets on this device alone. */
export async function connect(input: ConnectInput, effects: Effects): Promise<Result<SavedDocument, Failure>> {
	const { name, text, secrets = {}, message } = input;
	const parsed = parseConnection(text);
	if (!parsed.ok) return parsed;
	const needed = parsed.value.secrets;
	const unknown = Object.keys(secrets).find((one) => !needed.some((other) => other.name === one));
	if (unknown !== undefined) {
		const expected = needed.length === 0 ? 'none: it has no sign-in' : needed.map((one) => one.name).join(', ');
		return err({ kind: 'invalid-argument', argument: 'secrets', expected });
	}
	const saved = await saveDocument({ kind: 'connection', name, text, message }, effects);
	if (!saved.ok) return saved;
	const { rim, connection } = { rim: effects.sources, connection: saved.value.document.id };
	for (const { name: of, origin } of needed) {
		const secret = secrets[of];
		if (secret === undefined || secret === '') continue;
		const key = await rim.secrets.key(rim.makeKey);
		if (!key.ok) return key;
		const sealed = await rim.seal(key.value, { connection, name: of, origin }, secret);
		const kept = await rim.secrets.save(connection, of, sealed);
		if (!kept.ok) return kept;
	}
	return saved;
}

/** What this device knows of a connection is forgotten; the connection stays. */
export async function forgetSecrets(name: string, effects: Effects): Promise<Result<void, Failure>> {
	const found = await findDocument('connection', name, effects);
	return found.ok ? effects.sources.secrets.forget(found.value.document.id) : found;
}

/** Those that this device has. */
export async function knownSecrets(
	{ id, connection }: Pick<FoundConnection, 'id' | 'connection'>,
	effects: Effects
): Promise<Result<ReadonlyMap<string, string>, Failure>> {
	const known = new Map<string, string>();
	for (const { name, origin } of connection.secrets) {
		const secret = await secretOf({ connection: id, name, origin }, effects);
		if (!secret.ok) return secret;
		if (secret.value !== null) known.set(name, secret.value);
	}
	return ok(known);
}

/** Null where there is none, or it was told for another address. */
async function secretOf(
	place: { readonly connection: string; readonly name: string; readonly origin: string },
	{ sources }: Effects
): Promise<Result<string | null, Failure>> {
	const sealed = await sources.secrets.secret(place.connection, place.name);
	if (!sealed.ok) return sealed;
	if (!sealed.value) return ok(null);
	const key = await sources.secrets.key(sources.makeKey);
	return key.ok ? ok(await sources.open(key.value, place, sealed.value)) : key;
}
