import { readToken } from './read-token.ts';
import type { TokenSource } from './token-source.ts';

export interface TokenRefreshOptions {
  readonly tokens: TokenSource;
  /** Hands over another token. */
  give(token: string | null): void;
}

export interface TokenRefresh {
  stop(): void;
}

/** So long before a token expires another is asked for; of a token that lives for less than five times that, in its last fifth. */
const AHEAD_MS = 60_000;
const SHARE = 0.2;
/** What a timer can wait for. */
const MAX_MS = 2_147_483_647;

/**
 * Asks for another token shortly before the current one expires, and hands it over, again and again. A callback that fails, or gives the
 * same, is not asked again: the server refuses the token when it has expired, and that is seen to then.
 */
export function startTokenRefresh(token: string | null, { tokens, give }: TokenRefreshOptions): TokenRefresh {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  async function refresh(old: string): Promise<void> {
    const next = await tokens.renew().catch(() => old);
    if (isStopped || next === null || next === old) return;
    give(next);
    schedule(next);
  }

  function schedule(current: string | null): void {
    const expiresAtMs = current === null ? null : readToken(current).expiresAtMs;
    if (current === null || expiresAtMs === null || !tokens.canRenew) return;
    const leftMs = expiresAtMs - Date.now();
    const ms = leftMs - Math.min(AHEAD_MS, leftMs * SHARE);
    if (ms <= 0 || ms > MAX_MS) return;
    timer = setTimeout(() => void refresh(current), ms);
  }

  schedule(token);
  return {
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
