import type { EnvReader } from './env-reader.ts';

export interface AuditConfig {
  /** How long an event of the audit log is kept; 0: for ever. */
  readonly days: number;
}

export function readAuditConfig(read: EnvReader): AuditConfig {
  return { days: read.integer('AMBIT_AUDIT_DAYS', { min: 0, max: 36_500, fallback: 90 }) };
}
