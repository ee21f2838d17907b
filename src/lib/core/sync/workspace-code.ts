// What another device has to be told to find a workspace: not a secret that opens anything, but not for everybody either, since with it
// the key slots can be asked for, and a passphrase be guessed at.
import { err, ok, type Result } from '../result.ts';
import type { SyncFailure } from './failure.ts';

export type EdgeToken = { readonly id: string; readonly secret: string };

/** The token reads key slots, the membership log and where refs are, all of it sealed; no object. */
export type WorkspaceCode = { readonly workspace: string; readonly token: EdgeToken };

const PATTERN = /^weir1-([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})$/;

export function writeWorkspaceCode({ workspace, token }: WorkspaceCode): string {
	return `weir1-${workspace}.${token.id}.${token.secret}`;
}

export function parseWorkspaceCode(
	text: string
): Result<WorkspaceCode, Extract<SyncFailure, { kind: 'invalid-workspace-code' }>> {
	const [, workspace, id, secret] = PATTERN.exec(text.replaceAll(/\s/g, '')) ?? [];
	return workspace && id && secret ? ok({ workspace, token: { id, secret } }) : err({ kind: 'invalid-workspace-code' });
}
