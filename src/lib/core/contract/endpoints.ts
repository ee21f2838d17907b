// All endpoints, for what treats them alike: the OpenAPI document, its page, and the pinned hash.
import { listAudit } from './audit.ts';
import { listTables, putRows, readRows } from './database.ts';
import type { Endpoint } from './endpoint.ts';
import { beginGc, endGc, markLive } from './gc.ts';
import { health } from './health.ts';
import {
	claimItems,
	closeInbox,
	getItem,
	listInboxes,
	listItems,
	openInbox,
	postHook,
	pushRows,
	pushSealed,
	settleItems
} from './inbox.ts';
import { appendMember, listMembers } from './members.ts';
import { metrics } from './metrics.ts';
import { notifyEmail } from './notify-email.ts';
import { notifyWebhook } from './notify-webhook.ts';
import { getBundle, getObject, haveObjects, putBundle, putObject } from './objects.ts';
import { listPublications, publish, putPublishedFile, unpublish } from './publications.ts';
import { getPublished, getPublishedFile, queryPublished } from './published.ts';
import { askPublishedQuery, getPublishedQuery, listQueries, putQuery, removeQuery } from './published-queries.ts';
import { listRefLog, listRefs, moveRef } from './refs.ts';
import { relaySource } from './relay.ts';
import { getShare, listShares, openShare, putShare, revokeShare } from './shares.ts';
import { deleteSlot, listSlots, putSlot } from './slots.ts';
import { createToken, listTokens, revokeToken } from './tokens.ts';
import { createWorkspace, getWorkspace } from './workspaces.ts';

export const endpoints: readonly Endpoint[] = [
	health,
	metrics,
	createWorkspace,
	getWorkspace,
	listTokens,
	createToken,
	revokeToken,
	listMembers,
	appendMember,
	listSlots,
	putSlot,
	deleteSlot,
	haveObjects,
	putObject,
	getObject,
	putBundle,
	getBundle,
	listRefs,
	listRefLog,
	moveRef,
	beginGc,
	markLive,
	endGc,
	listAudit,
	listInboxes,
	openInbox,
	pushRows,
	pushSealed,
	postHook,
	listItems,
	claimItems,
	getItem,
	settleItems,
	closeInbox,
	putPublishedFile,
	publish,
	listPublications,
	getPublished,
	queryPublished,
	getPublishedFile,
	putQuery,
	listQueries,
	getPublishedQuery,
	askPublishedQuery,
	removeQuery,
	unpublish,
	putShare,
	listShares,
	openShare,
	getShare,
	revokeShare,
	notifyEmail,
	notifyWebhook,
	listTables,
	readRows,
	putRows,
	relaySource
];
