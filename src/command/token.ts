import { parseArgs } from 'node:util';
import { AgentRegistry } from '../agent/agent-registry.ts';
import { mintToken } from '../auth/mint-token.ts';
import { readConfig } from '../config.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { withDevelopmentKey } from './development-key.ts';
import { loadApp } from './load-app.ts';
import { UsageError } from './usage-error.ts';

/** `ambit token --sub alice --scope agents:read --scope agents:*:run --hours 8`: prints a token. */
export async function token(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: {
      sub: { type: 'string' },
      scope: { type: 'string', multiple: true, default: [] },
      hours: { type: 'string', default: '24' },
      app: { type: 'string' },
    },
  });
  if (values.sub === undefined) throw new UsageError('Say whose token it is: --sub <subject>.');
  const { config } = await withDevelopmentKey(readConfig());
  const { agents } = await loadApp(values.app);
  const registry = new AgentRegistry(agents, config.model.defaultModel);
  const minted = await mintToken(config.jwt, {
    subject: values.sub,
    scopes: values.scope.flatMap((text) => text.split(/[\s,]+/)).filter((text) => text !== ''),
    catalogue: new ScopeCatalogue(registry.toolScopes()),
    hours: Number(values.hours),
  });
  process.stdout.write(`${minted}\n`);
}
