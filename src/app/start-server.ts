import type { TokenVerifier } from '../auth/token-verifier.ts';
import type { ProtectionConfig } from '../config/protection.ts';
import { createRequestContext, type RequestContext } from '../graphql/request-context.ts';
import { type HttpServer, type HttpServerOptions, startHttpServer } from '../http/http-server.ts';
import { startProbeServer } from '../http/probe-server.ts';
import { readPackageVersion } from '../lib/package-version.ts';
import type { OfferTokens } from '../page/token-offer.ts';
import type { Principal } from '../scope/principal.ts';
import { createPipeline, type PipelineParts } from './create-pipeline.ts';
import { openPages } from './open-pages.ts';
import type { Observation } from './start-observation.ts';

export interface ServerParts extends Omit<PipelineParts, 'version' | 'health' | 'onLimit'> {
  readonly verifier: TokenVerifier;
  readonly observation: Observation;
  readonly offerTokens: OfferTokens | undefined;
}

/** Listens, as its role asks: with GraphQL and the pages, or as a worker for probes and figures alone. */
export async function startServer(parts: ServerParts): Promise<HttpServer> {
  const { config, database, revocations, verifier, observation, metrics, runs, log, now } = parts;
  const version = readPackageVersion();
  const health = async () => ({
    status: (await observation.answers()) ? 'ok' : 'degraded',
    version,
    database: database.kind,
  });
  const shared = {
    config: config.http,
    health,
    hindrances: () => observation.hindrances(),
    metrics: metrics && { read: () => metrics.read(), audit: parts.audit },
    ...toServerLimits(config.protection),
    onStop: (): Promise<void> => runs.stop(),
    log,
    now,
  };
  const tokens = {
    verify: (token: string) => verifier.verify(token),
    recall: (token: string) => verifier.recall(token),
    isRemembered: (token: string) => verifier.isRemembered(token),
  };
  if (config.role === 'worker') return await startProbeServer({ ...shared, verify: tokens });
  const onLimit = (limit: string): void => metrics?.limitReached(limit);
  return await startHttpServer<RequestContext>({
    ...shared,
    ...tokens,
    pipeline: createPipeline({ ...parts, version, health, onLimit }),
    onRevoked: (principal, callback) => revocations.watch(() => principal, callback),
    createContext: (input) => {
      const { signal, transport, carriers } = input;
      // Asked each time: a socket may be given another token.
      const principalOf = (): Principal | null => input.principal;
      return createRequestContext({ db: database.db, principalOf, signal, transport, carriers });
    },
    onLimit,
    ...(await openPages(parts)),
  });
}

function toServerLimits(
  protection: ProtectionConfig,
): Required<Pick<HttpServerOptions<RequestContext>, 'limits' | 'trustProxy'>> {
  const { ratePerUser, ratePerAddress, socketsPerUser, socketsPerAddress, trustProxy } = protection;
  return { limits: { ratePerUser, ratePerAddress, socketsPerUser, socketsPerAddress }, trustProxy };
}
