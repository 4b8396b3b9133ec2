import type { AuditLog } from '../audit/audit-log.ts';
import type { Config } from '../config.ts';
import type { AuditSink } from '../graphql/operation-audit.ts';
import { readPackageVersion } from '../lib/package-version.ts';
import type { Metrics } from '../metric/metrics.ts';

/** The figures of this process; `undefined`: they are switched off. What counts them is loaded only then. */
export async function openMetrics({
  metrics,
  role,
}: Pick<Config, 'metrics' | 'role'>): Promise<Metrics | undefined> {
  if (metrics === 'off') return undefined;
  const loaded = await import('../metric/metrics.ts');
  return new loaded.Metrics({ version: readPackageVersion(), role });
}

/** The audit log, denials counted on their way into it. */
export function countDenials(auditLog: AuditLog, metrics: Metrics | undefined): AuditSink {
  return {
    record(entry) {
      if (entry.outcome === 'DENIED') metrics?.denied(entry.code ?? 'UNKNOWN');
      auditLog.record(entry);
    },
    store: (entry) => auditLog.store(entry),
  };
}
