import type { EventHub } from '../event/event-hub.ts';
import type { Db } from '../store/tables.ts';
import type { Dispatch } from './dispatch.ts';
import type { RunEngine } from './run-engine.ts';

/** What deciding needs: the database, who is told, and who goes on with the run. */
export interface ApprovalOptions {
  readonly db: Db;
  readonly hub: Pick<EventHub, 'publish'>;
  readonly dispatch: Dispatch;
  readonly engine: Pick<RunEngine, 'wake'>;
  readonly now: () => Date;
}
