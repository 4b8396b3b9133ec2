import { AuditLog, type AuditLogOptions } from '../../src/audit/audit-log.ts';
import type { AuditEntry } from '../../src/audit/audit-entry.ts';
import { UnavailableError } from '../../src/errors.ts';
import { createLogger } from '../../src/lib/logger.ts';
import type { AuditEventRow } from '../../src/store/audit-event.ts';

export function entryOf(values: Partial<AuditEntry> = {}): AuditEntry {
  return {
    outcome: 'DENIED',
    correlationId: 'id-1',
    transport: 'http',
    userId: 'ann',
    field: 'Query.config',
    required: [['config:read']],
    code: 'FORBIDDEN',
    ...values,
  };
}

/** A log over a table in memory, which can be taken away and can refuse rows. */
export class MemoryTable {
  readonly rows: AuditEventRow[] = [];
  readonly statements: number[] = [];
  readonly logged: string[] = [];
  isAway = false;
  /** While it is set, statements wait for it. */
  hold: Promise<void> | null = null;
  refuses: (row: AuditEventRow) => boolean = () => false;

  createLog(options: Partial<AuditLogOptions> = {}): AuditLog {
    return new AuditLog({
      insert: (rows) => this.#insert(rows),
      nodeId: 'node-1',
      clean: { secrets: ['the-secret-of-the-server'], isAgent: (id) => id === 'analyst' },
      now: () => new Date(),
      log: createLogger('info', { write: (line) => void this.logged.push(line) }),
      intervalMs: 5,
      ...options,
    });
  }

  get total(): number {
    return this.rows.reduce((sum, { count }) => sum + count, 0);
  }

  async #insert(rows: readonly AuditEventRow[]): Promise<void> {
    if (rows.length > 0) this.statements.push(rows.length);
    await this.hold;
    if (this.isAway) throw new UnavailableError('away');
    if (rows.some((row) => this.refuses(row))) throw new Error('refused');
    for (const row of rows) if (!this.rows.some(({ id }) => id === row.id)) this.rows.push(row);
  }
}
