import { type Kysely, sql } from 'kysely';

/**
 * Indexes for pages of what is rare among many rows: the open runs of an owner, which are few beside those that have ended; the runs
 * of an agent in some state, whose index is read once for each state when all are asked for; and all open approvals.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createIndex('run_open_idx')
    .on('run')
    .expression(sql`owner, status, id desc`)
    .where(sql.ref('finished_at'), 'is', null)
    .execute();
  await db.schema
    .createIndex('run_agent_status_idx')
    .on('run')
    .expression(sql`agent_id, status, id desc`)
    .execute();
  await db.schema.dropIndex('run_agent_idx').execute();
  await db.schema
    .createIndex('approval_open_idx')
    .on('approval')
    .column('id')
    .where(sql<boolean>`status = 'PENDING'`)
    .execute();
}
