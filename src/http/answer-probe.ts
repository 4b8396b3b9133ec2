import type { ServerResponse } from 'node:http';

import type { Logger } from '../lib/logger.ts';
import { sendJson } from './http-problem.ts';

/** What /health says. `status` is ok or degraded. */
export interface HealthReport {
  readonly status: string;
  readonly version: string;
  readonly database: string;
}

export interface ProbeOptions {
  health(): Promise<HealthReport>;
  /** What hinders this process from doing work, a word or two each; empty: it is ready. */
  hindrances(): Promise<readonly string[]>;
  readonly log: Logger;
  readonly timeoutMs: number;
}

/** 200 as long as the process answers at all, so that a supervisor does not restart it because the database is away. */
export async function answerHealth(response: ServerResponse, options: ProbeOptions): Promise<void> {
  const report = await within(options.timeoutMs, options.health(), options.log);
  sendJson(response, { status: 200, body: report ?? { status: 'degraded' } });
}

/** 503 while requests would be in vain: `isStopping`, or something hinders. The answer says what. */
export async function answerReady(
  response: ServerResponse,
  options: ProbeOptions & { readonly isStopping: boolean },
): Promise<void> {
  const reasons = options.isStopping
    ? ['stopping']
    : ((await within(options.timeoutMs, options.hindrances(), options.log)) ?? ['silence']);
  if (reasons.length === 0) return sendJson(response, { status: 200, body: { ready: true } });
  sendJson(response, { status: 503, body: { ready: false, reasons } });
}

/** `work`'s value, or `null` when it fails or takes longer: a probe is answered in any case. */
async function within<TValue>(timeoutMs: number, work: Promise<TValue>, log: Logger): Promise<TValue | null> {
  const timeout = Promise.withResolvers<null>();
  const timer = setTimeout(() => timeout.resolve(null), timeoutMs);
  try {
    return await Promise.race([work, timeout.promise]);
  } catch (err) {
    log.warn({ err }, 'a probe failed');
    return null;
  } finally {
    clearTimeout(timer);
  }
}
