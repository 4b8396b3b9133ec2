import { CompiledQuery, type KyselyPlugin, type RootOperationNode, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { uuidV7 } from '../../src/lib/uuid-v7.ts';
import { findAbandonedRuns } from '../../src/store/abandoned-run.ts';
import {
  cancelApprovals,
  decideApproval,
  findRunsWithExpiredApprovals,
  listRunApprovals,
  startApprovedStep,
} from '../../src/store/approval.ts';
import { deleteOldAuditEvents, listAuditEvents } from '../../src/store/audit-event.ts';
import { claimRun } from '../../src/store/claim-run.ts';
import { endRun } from '../../src/store/end-run.ts';
import { appendEvents, readEvents, readEventsAfter } from '../../src/store/event.ts';
import { countQueue } from '../../src/store/queue-state.ts';
import { findRunsToWake } from '../../src/store/find-runs-to-wake.ts';
import { listHistory } from '../../src/store/history.ts';
import { anonymizeDecisions, anonymizeRuns, listOpenRunsStartedBy } from '../../src/store/erase-guest.ts';
import { compactLogs, deleteFullPaces, deleteOldRuns, dropLogs } from '../../src/store/retain.ts';
import { findCancelledWaiting, markRevokedRuns } from '../../src/store/revoked-run.ts';
import {
  deleteOldRevocations,
  isRevoked,
  listRevocations,
  storeRevocation,
} from '../../src/store/revocation.ts';
import { hasOpenRun } from '../../src/store/has-open-run.ts';
import { insertRun } from '../../src/store/insert-run.ts';
import { listMessages } from '../../src/store/message.ts';
import { listOpenApprovals } from '../../src/store/open-approval.ts';
import { toCursor } from '../../src/store/page.ts';
import {
  findCancelRequested,
  findMissingRuns,
  findQueuedRuns,
  findRequestedRuns,
  findRun,
  listRuns,
  requestCancel,
} from '../../src/store/run.ts';
import {
  deleteSession,
  findSession,
  listSessions,
  lockSession,
  renameSession,
} from '../../src/store/session.ts';
import { insertSteps, listOpenSteps, listRunSteps, listToolSteps, updateStep } from '../../src/store/step.ts';
import { type Db } from '../../src/store/tables.ts';
import { countUserRun } from '../../src/store/user-limits.ts';
import { createTestDatabase, DATABASE_KINDS, type TestDatabase } from '../_util/test-database.ts';
import { NO_METRICS, NOW } from './store-fixture.ts';

const SESSIONS = 3_000;
/** Of row 7: its ids are made from the number, so that plans see constants that are there. */
const ID = '00000000-0000-7000-8000-000000000007';
const OWNER = 'owner-7';
const page = { first: 20, after: toCursor('00000000-0000-7000-8000-000000002000') };
const byToken = { kind: 'token', tokenId: 'x', keepUntil: null } as const;
const byUser = { kind: 'user', userId: 'ann', issuedBefore: NOW } as const;
const ofAll = { kind: 'all', issuedBefore: NOW } as const;
const step = { kind: 'model', id: uuidV7(), index: 9, status: 'RUNNING', now: NOW } as const;
const end = {
  runId: ID,
  epoch: 1,
  status: 'FAILED',
  output: null,
  error: null,
  metrics: NO_METRICS,
  now: NOW,
} as const;
const run = {
  id: uuidV7(),
  stepId: uuidV7(),
  startedBy: '',
  input: '',
  inputDigest: '',
  scopes: [],
  now: NOW,
};

const session = {
  id: ID,
  agentId: 'agent-7',
  owner: OWNER,
  name: null,
  activeRunId: null,
  nextTurn: 0,
  createdAt: NOW,
  updatedAt: NOW,
};

/** What the comment of each query promises; `a|b`: either, where both hold the id. */
const QUERIES: readonly [name: string, query: (db: Db) => Promise<unknown>, indexes: readonly string[]][] = [
  ['findSession', (db) => findSession(db, [OWNER], ID), ['session_pkey|session_owner_idx']],
  [
    'renameSession',
    (db) => renameSession(db, [OWNER], { id: ID, name: '', now: NOW }),
    ['session_pkey|session_owner_idx'],
  ],
  ['deleteSession', (db) => deleteSession(db, [OWNER], ID), ['session_pkey|session_owner_idx']],
  ['listSessions of an owner', (db) => listSessions(db, [OWNER], { page }), ['session_owner_idx']],
  ['listSessions of a user', (db) => listSessions(db, 'all', { owner: OWNER, page }), ['session_owner_idx']],
  [
    'listSessions of an agent',
    (db) => listSessions(db, 'all', { agentId: 'agent-7', page }),
    ['session_agent_idx'],
  ],
  ['listSessions of all', (db) => listSessions(db, 'all', { page }), ['session_pkey']],
  ['findRun', (db) => findRun(db, [OWNER], ID), ['run_pkey|run_owner_idx', 'run_event_pkey']],
  ['listRuns of an owner', (db) => listRuns(db, [OWNER], { page }), ['run_owner_idx', 'run_event_pkey']],
  ['listRuns of a session', (db) => listRuns(db, 'all', { sessionId: ID, page }), ['run_session_idx']],
  [
    'listRuns of an agent',
    (db) => listRuns(db, 'all', { agentId: 'agent-7', page }),
    ['run_agent_status_idx'],
  ],
  [
    'listRuns of an agent, open',
    (db) => listRuns(db, 'all', { agentId: 'agent-7', status: ['PAUSED'], page }),
    ['run_agent_status_idx|run_status_idx'],
  ],
  [
    'listRuns of an owner, open',
    (db) => listRuns(db, [OWNER], { status: ['PAUSED'], page }),
    ['run_open_idx'],
  ],
  ['listRuns of one status', (db) => listRuns(db, 'all', { status: ['RUNNING'], page }), ['run_status_idx']],
  ['listRuns of all', (db) => listRuns(db, 'all', { page }), ['run_pkey']],
  ['findAbandonedRuns', (db) => findAbandonedRuns(db, 'node'), ['run_status_idx']],
  ['findQueuedRuns', (db) => findQueuedRuns(db, [ID]), ['run_pkey|run_status_idx']],
  ['findMissingRuns', (db) => findMissingRuns(db, [ID]), ['run_pkey']],
  ['findCancelRequested', (db) => findCancelRequested(db, [ID]), ['run_cancel_idx']],
  ['findCancelledWaiting', (db) => findCancelledWaiting(db, 9), ['run_cancel_idx']],
  ['markRevokedRuns of a token', (db) => markRevokedRuns(db, byToken, NOW), ['run_token_idx']],
  ['markRevokedRuns of a user', (db) => markRevokedRuns(db, byUser, NOW), ['run_starter_idx']],
  ['markRevokedRuns of all', (db) => markRevokedRuns(db, ofAll, NOW), ['run_status_idx|run_starter_idx']],
  ['storeRevocation', (db) => storeRevocation(db, byToken, { revokedBy: 'ann', now: NOW }), []],
  ['listRevocations', (db) => listRevocations(db, { after: 7, limit: 9 }), ['revocation_seq_key']],
  ['isRevoked', (db) => isRevoked(db, { id: 'ann', tokenId: 'x', issuedAt: NOW }), ['revocation_pkey']],
  ['deleteOldRevocations', (db) => deleteOldRevocations(db, NOW), ['revocation_keep_idx']],
  ['countQueue', (db) => countQueue(db), ['run_open_idx|run_status_idx', 'session_pkey']],
  ['findRunsToWake', (db) => findRunsToWake(db, 10), ['run_status_idx', 'session_pkey']],
  ['requestCancel', (db) => requestCancel(db, 'all', { id: ID, now: NOW }), ['run_pkey|run_status_idx']],
  ['lockSession', (db) => lockSession(db, [OWNER], ID), ['session_pkey|session_owner_idx']],
  ['insertRun', (db) => insertRun(db, session, run), ['session_pkey']],
  [
    'findRequestedRuns',
    (db) => findRequestedRuns(db, { id: ID, startedBy: 'ann', idempotencyKey: 'key' }),
    ['run_idempotency_key'],
  ],
  ['compactLogs', (db) => compactLogs(db, { before: NOW, limit: 20 }), ['run_retention_idx']],
  ['dropLogs', (db) => dropLogs(db, { before: NOW, limit: 20 }), ['run_retention_idx']],
  ['deleteOldRuns', (db) => deleteOldRuns(db, { before: NOW, limit: 20 }), ['run_retention_idx']],
  ['deleteFullPaces', (db) => deleteFullPaces(db, NOW), ['user_pace_full_idx']],
  ['listOpenRunsStartedBy', (db) => listOpenRunsStartedBy(db, 'ann'), ['run_starter_idx']],
  ['anonymizeRuns', (db) => anonymizeRuns(db, { userId: 'ann', limit: 9 }), ['run_starter_idx']],
  [
    'anonymizeDecisions',
    (db) => anonymizeDecisions(db, { userId: 'ann', limit: 9 }),
    ['approval_decider_idx'],
  ],
  ['listRunApprovals', (db) => listRunApprovals(db, ID), ['approval_run_idx']],
  [
    'decideApproval',
    (db) => decideApproval(db, ID, { status: 'REFUSED', decidedBy: 'ann', note: null, now: NOW }),
    ['approval_pkey|approval_open_idx'],
  ],
  [
    'cancelApprovals',
    (db) => cancelApprovals(db, { runId: ID, epoch: 0 }, NOW),
    ['run_pkey|run_status_idx', 'approval_run_idx'],
  ],
  [
    'findRunsWithExpiredApprovals',
    (db) => findRunsWithExpiredApprovals(db, { now: NOW, limit: 9 }),
    ['approval_expiry_idx'],
  ],
  [
    'startApprovedStep',
    (db) =>
      startApprovedStep(
        db,
        { runId: ID, epoch: 0, index: 1 },
        { approvalId: ID, usedAt: NOW, startedAt: NOW },
      ),
    ['run_pkey|run_status_idx', 'approval_pkey|approval_run_idx', 'step_pkey|step_id_key'],
  ],
  [
    'listOpenApprovals of an agent',
    (db) => listOpenApprovals(db, ['agent-7'], page),
    ['approval_agent_idx', 'step_id_key', 'run_pkey|run_status_idx'],
  ],
  [
    'listOpenApprovals of some agents',
    (db) => listOpenApprovals(db, ['agent-7', 'agent-8'], page),
    ['approval_agent_idx|approval_run_idx', 'step_id_key', 'run_pkey|run_status_idx'],
  ],
  [
    'listOpenApprovals of all agents',
    (db) => listOpenApprovals(db, 'all', page),
    ['approval_open_idx', 'step_id_key', 'run_pkey|run_status_idx'],
  ],
  ['hasOpenRun', (db) => hasOpenRun(db, ID), ['run_session_turn_key|run_session_idx']],
  [
    'countUserRun',
    (db) => countUserRun(db, { maxRuns: 9, runsPerMinute: 9 }, { userId: 'ann', now: NOW }),
    ['run_starter_idx'],
  ],
  [
    'claimRun',
    (db) => claimRun(db, { runId: ID, leaseOwner: '', model: '', now: () => NOW }),
    ['run_pkey', 'session_pkey', 'run_event_pkey'],
  ],
  ['endRun', (db) => endRun(db, end), ['run_pkey', 'session_pkey', 'run_event_pkey']],
  ['insertSteps', (db) => insertSteps(db, { runId: ID, epoch: 1 }, [step]), ['run_pkey|run_status_idx']],
  [
    'updateStep',
    (db) => updateStep(db, { runId: ID, epoch: 1, index: 0 }, { content: '' }),
    ['run_pkey|run_status_idx', 'step_pkey'],
  ],
  ['listRunSteps', (db) => listRunSteps(db, ID), ['step_pkey']],
  ['listOpenSteps', (db) => listOpenSteps(db, ID), ['step_pkey']],
  ['listToolSteps', (db) => listToolSteps(db, [ID, run.id]), ['step_pkey']],
  [
    'listMessages',
    (db) => listMessages(db, [OWNER], { sessionId: ID, page: {} }),
    ['session_pkey|session_owner_idx', 'step_session_idx'],
  ],
  [
    'listHistory',
    (db) => listHistory(db, { sessionId: ID, beforeTurn: 5, limit: 5 }),
    ['run_session_turn_key', 'step_session_idx'],
  ],
  [
    'appendEvents',
    (db) => appendEvents(db, [{ runId: ID, epoch: 0, seq: 9, type: 'x', payload: {}, at: NOW }]),
    ['run_pkey|run_status_idx'],
  ],
  ['listAuditEvents of all', (db) => listAuditEvents(db, { page }), ['audit_event_pkey']],
  ['listAuditEvents of an hour', (db) => listAuditEvents(db, { since: NOW, page }), ['audit_event_pkey']],
  ['listAuditEvents of a user', (db) => listAuditEvents(db, { userId: 'u', page }), ['audit_event_user_idx']],
  [
    'listAuditEvents of a field',
    (db) => listAuditEvents(db, { field: 'Query.run', page }),
    ['audit_event_field_idx'],
  ],
  [
    'listAuditEvents of an outcome',
    (db) => listAuditEvents(db, { outcome: 'DROPPED', page }),
    ['audit_event_outcome_idx'],
  ],
  ['deleteOldAuditEvents', (db) => deleteOldAuditEvents(db, { before: NOW, limit: 9 }), ['audit_event_pkey']],
  ['readEvents', (db) => readEvents(db, { runId: ID, after: 0, limit: 9 }), ['run_event_pkey']],
  ['readEventsAfter', (db) => readEventsAfter(db, [{ runId: ID, after: 0 }], 9), ['run_event_pkey']],
];

describe.each(DATABASE_KINDS)('the queries on %s', (kind) => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase(kind);
    await fill(database.db);
  });

  afterAll(async () => {
    await database[Symbol.asyncDispose]();
  });

  test.each(QUERIES)('%s uses the indexes it names', async (_, query, indexes) => {
    const plans: string[] = [];
    const rollback = new Error('rolled back');
    const explained = database.db.transaction().execute(async (trx) => {
      await sql`set local enable_seqscan = off`.execute(trx);
      const nodes: RootOperationNode[] = [];
      await query(trx.withPlugin(recording(nodes)));
      for (const node of nodes) plans.push(await explain(trx, node));
      throw rollback;
    });
    await expect(explained).rejects.toBe(rollback);
    for (const index of indexes) expect(plans.join('\n')).toMatch(new RegExp(`"(${index})"`));
    expect(plans.join('\n')).not.toContain('Seq Scan');
  });
});

function recording(nodes: RootOperationNode[]): KyselyPlugin {
  return {
    transformQuery: ({ node }) => {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
}

async function explain(db: Db, node: RootOperationNode): Promise<string> {
  const compiled = db.getExecutor().compileQuery(node, { queryId: 'explain' });
  const explained = CompiledQuery.raw(`explain (format json) ${compiled.sql}`, [...compiled.parameters]);
  return JSON.stringify((await db.executeQuery(explained)).rows);
}

/** Sessions 1, 2, 3 … of 300 owners and 300 agents, each with a run, its input, an event and an approval; one run in a hundred is RUNNING, and one PAUSED. */
async function fill(db: Db): Promise<void> {
  const id = sql`('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid`;
  const from = sql`from generate_series(1, ${sql.lit(SESSIONS)}) n`;
  const who = sql`'agent-' || n % 300, 'owner-' || n % 300`;
  await sql`insert into ambit.session (id, agent_id, owner, next_turn, created_at, updated_at)
    select ${id}, ${who}, 1, now(), now() ${from}`.execute(db);
  await sql`insert into ambit.run
    (id, session_id, agent_id, owner, started_by, status, input, input_digest, scopes, turn, created_at, finished_at)
    select ${id}, ${id}, ${who}, '', case n % 100 when 7 then 'RUNNING' when 8 then 'PAUSED' else 'COMPLETED' end, '', '', '[]', 0,
      now(), case when n % 100 in (7, 8) then null else now() end ${from}`.execute(db);
  await sql`insert into ambit.step (run_id, "index", id, session_id, turn, kind, status, content, created_at)
    select ${id}, 0, ${id}, ${id}, 0, 'input', 'COMPLETED', '', now() ${from}`.execute(db);
  await sql`insert into ambit.approval
    (id, run_id, tool_call_id, agent_id, kind, tool_name, arguments_digest, four_eyes, status, requested_at, expires_at)
    select ${id}, ${id}, ${id}, 'agent-' || n % 300, 'CALL', '', '', false,
      case n % 100 when 8 then 'PENDING' else 'APPROVED' end, now(), now() ${from}`.execute(db);
  await sql`insert into ambit.run_event (run_id, seq, type, payload, at)
    select ${id}, 1, 'RunStarted', '{}', now() ${from}`.execute(db);
  await sql`insert into ambit.audit_event
    (id, at, first_at, count, node_id, user_id, outcome, field, path, ids, required, grants)
    select ${id}, now(), now(), 1, '', 'user-' || n % 300, case n % 2 when 0 then 'DENIED' else 'ALLOWED' end,
      'Query.' || n % 9, '[]', '{}', '[]', '[]' ${from}`.execute(db);
  for (const table of ['audit_event', 'session', 'run', 'step', 'run_event', 'approval'])
    await sql`analyze ambit.${sql.raw(table)}`.execute(db);
}
