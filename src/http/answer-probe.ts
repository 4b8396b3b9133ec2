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
  isReady(): Promise<boolean>;
  readonly log: Logger;
  readonly timeoutMs: number;
}

/** 200 as long as the process answers at all, so that a supervisor does not restart it because the database is away. */
export async function answerHealth(response: ServerResponse, options: ProbeOptions): Promise<void> {
  const report = await within(options.timeoutMs, options.health(), options.log);
  sendJson(response, { status: 200, body: report ?? { status: 'degraded' } });
}

/** 503 while requests would be in vain: `isStopping`, or not ready by the callback's word. */
export async function answerReady(
  response: ServerResponse,
  options: ProbeOptions & { readonly isStopping: boolean },
): Promise<void> {
  const isReady =
    !options.isStopping && (await within(options.timeoutMs, options.isReady(), options.log)) === true;
  sendJson(response, { status: isReady ? 200 : 503, body: { ready: isReady } });
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
