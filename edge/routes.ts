// Each endpoint of the contract with the handler that answers it.
import { listAudit } from '#core/contract/audit.ts';
import { listTables, putRows, readRows } from '#core/contract/database.ts';
import { beginGc, endGc, markLive } from '#core/contract/gc.ts';
import { health } from '#core/contract/health.ts';
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
} from '#core/contract/inbox.ts';
import { appendMember, listMembers } from '#core/contract/members.ts';
import { metrics } from '#core/contract/metrics.ts';
import { notifyEmail } from '#core/contract/notify-email.ts';
import { notifyWebhook } from '#core/contract/notify-webhook.ts';
import { getBundle, getObject, haveObjects, putBundle, putObject } from '#core/contract/objects.ts';
import { listPublications, publish, putPublishedFile, unpublish } from '#core/contract/publications.ts';
import { getPublished, getPublishedFile, queryPublished } from '#core/contract/published.ts';
import {
	askPublishedQuery,
	getPublishedQuery,
	listQueries,
	putQuery,
	removeQuery
} from '#core/contract/published-queries.ts';
import { listRefLog, listRefs, moveRef } from '#core/contract/refs.ts';
import { relaySource } from '#core/contract/relay.ts';
import { getShare, listShares, openShare, putShare, revokeShare } from '#core/contract/shares.ts';
import { deleteSlot, listSlots, putSlot } from '#core/contract/slots.ts';
import { createToken, listTokens, revokeToken } from '#core/contract/tokens.ts';
import { createWorkspace, getWorkspace } from '#core/contract/workspaces.ts';
import { mount, type App, type Surroundings } from './mount.ts';
import { answerAppendMember } from './routes/append-member.ts';
import { answerAskPublishedQuery } from './routes/ask-published-query.ts';
import { answerBeginGc } from './routes/begin-gc.ts';
import { answerClaimItems } from './routes/claim-items.ts';
import { answerCloseInbox } from './routes/close-inbox.ts';
import { answerCreateToken } from './routes/create-token.ts';
import { answerCreateWorkspace } from './routes/create-workspace.ts';
import { answerDeleteSlot } from './routes/delete-slot.ts';
import { answerEndGc } from './routes/end-gc.ts';
import { answerGetBundle } from './routes/get-bundle.ts';
import { answerGetItem } from './routes/get-item.ts';
import { answerGetObject } from './routes/get-object.ts';
import { answerGetPublishedFile } from './routes/get-published-file.ts';
import { answerGetPublishedQuery } from './routes/get-published-query.ts';
import { answerGetPublished } from './routes/get-published.ts';
import { answerGetShare } from './routes/get-share.ts';
import { answerGetWorkspace } from './routes/get-workspace.ts';
import { answerHaveObjects } from './routes/have-objects.ts';
import { answerHealth } from './routes/health.ts';
import { answerListAudit } from './routes/list-audit.ts';
import { answerListInboxes } from './routes/list-inboxes.ts';
import { answerListItems } from './routes/list-items.ts';
import { answerListMembers } from './routes/list-members.ts';
import { answerListPublications } from './routes/list-publications.ts';
import { answerListQueries } from './routes/list-queries.ts';
import { answerListRefLog } from './routes/list-ref-log.ts';
import { answerListRefs } from './routes/list-refs.ts';
import { answerListShares } from './routes/list-shares.ts';
import { answerListSlots } from './routes/list-slots.ts';
import { answerListTables } from './routes/list-tables.ts';
import { answerListTokens } from './routes/list-tokens.ts';
import { answerMarkLive } from './routes/mark-live.ts';
import { answerMetrics } from './routes/metrics.ts';
import { answerMoveRef } from './routes/move-ref.ts';
import { answerNotifyEmail } from './routes/notify-email.ts';
import { answerNotifyWebhook } from './routes/notify-webhook.ts';
import { answerOpenInbox } from './routes/open-inbox.ts';
import { answerOpenShare } from './routes/open-share.ts';
import { answerPostHook } from './routes/post-hook.ts';
import { answerPublish } from './routes/publish.ts';
import { answerPushRows } from './routes/push-rows.ts';
import { answerPushSealed } from './routes/push-sealed.ts';
import { answerPutBundle } from './routes/put-bundle.ts';
import { answerPutObject } from './routes/put-object.ts';
import { answerPutPublishedFile } from './routes/put-published-file.ts';
import { answerPutQuery } from './routes/put-query.ts';
import { answerPutRows } from './routes/put-rows.ts';
import { answerPutShare } from './routes/put-share.ts';
import { answerPutSlot } from './routes/put-slot.ts';
import { answerQueryPublished } from './routes/query-published.ts';
import { answerReadRows } from './routes/read-rows.ts';
import { answerRelaySource } from './routes/relay-source.ts';
import { answerRemoveQuery } from './routes/remove-query.ts';
import { answerRevokeShare } from './routes/revoke-share.ts';
import { answerRevokeToken } from './routes/revoke-token.ts';
import { answerSettleItems } from './routes/settle-items.ts';
import { answerUnpublish } from './routes/unpublish.ts';

export function mountRoutes(app: App, surroundings: Surroundings): void {
	mount(app, health, answerHealth, surroundings);
	mount(app, metrics, answerMetrics, surroundings);
	mount(app, createWorkspace, answerCreateWorkspace, surroundings);
	mount(app, getWorkspace, answerGetWorkspace, surroundings);
	mount(app, listTokens, answerListTokens, surroundings);
	mount(app, createToken, answerCreateToken, surroundings);
	mount(app, revokeToken, answerRevokeToken, surroundings);
	mount(app, listMembers, answerListMembers, surroundings);
	mount(app, appendMember, answerAppendMember, surroundings);
	mount(app, listSlots, answerListSlots, surroundings);
	mount(app, putSlot, answerPutSlot, surroundings);
	mount(app, deleteSlot, answerDeleteSlot, surroundings);
	mount(app, haveObjects, answerHaveObjects, surroundings);
	mount(app, putObject, answerPutObject, surroundings);
	mount(app, getObject, answerGetObject, surroundings);
	mount(app, putBundle, answerPutBundle, surroundings);
	mount(app, getBundle, answerGetBundle, surroundings);
	mount(app, listRefs, answerListRefs, surroundings);
	mount(app, listRefLog, answerListRefLog, surroundings);
	mount(app, moveRef, answerMoveRef, surroundings);
	mount(app, beginGc, answerBeginGc, surroundings);
	mount(app, markLive, answerMarkLive, surroundings);
	mount(app, endGc, answerEndGc, surroundings);
	mount(app, listAudit, answerListAudit, surroundings);
	mount(app, listInboxes, answerListInboxes, surroundings);
	mount(app, openInbox, answerOpenInbox, surroundings);
	mount(app, closeInbox, answerCloseInbox, surroundings);
	mount(app, pushRows, answerPushRows, surroundings);
	mount(app, pushSealed, answerPushSealed, surroundings);
	mount(app, listItems, answerListItems, surroundings);
	mount(app, claimItems, answerClaimItems, surroundings);
	mount(app, getItem, answerGetItem, surroundings);
	mount(app, settleItems, answerSettleItems, surroundings);
	mount(app, postHook, answerPostHook, surroundings);
	mount(app, putPublishedFile, answerPutPublishedFile, surroundings);
	mount(app, publish, answerPublish, surroundings);
	mount(app, unpublish, answerUnpublish, surroundings);
	mount(app, listPublications, answerListPublications, surroundings);
	mount(app, getPublished, answerGetPublished, surroundings);
	mount(app, queryPublished, answerQueryPublished, surroundings);
	mount(app, getPublishedFile, answerGetPublishedFile, surroundings);
	mount(app, putQuery, answerPutQuery, surroundings);
	mount(app, removeQuery, answerRemoveQuery, surroundings);
	mount(app, listQueries, answerListQueries, surroundings);
	mount(app, getPublishedQuery, answerGetPublishedQuery, surroundings);
	mount(app, askPublishedQuery, answerAskPublishedQuery, surroundings);
	mount(app, putShare, answerPutShare, surroundings);
	mount(app, listShares, answerListShares, surroundings);
	mount(app, openShare, answerOpenShare, surroundings);
	mount(app, getShare, answerGetShare, surroundings);
	mount(app, revokeShare, answerRevokeShare, surroundings);
	mount(app, notifyEmail, answerNotifyEmail, surroundings);
	mount(app, notifyWebhook, answerNotifyWebhook, surroundings);
	mount(app, listTables, answerListTables, surroundings);
	mount(app, readRows, answerReadRows, surroundings);
	mount(app, putRows, answerPutRows, surroundings);
	mount(app, relaySource, answerRelaySource, surroundings);
}
