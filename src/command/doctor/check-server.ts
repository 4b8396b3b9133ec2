import { isRecord } from '../../lib/is-record.ts';
import { readPackageVersion } from '../../lib/package-version.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { Check, CheckContext } from './check.ts';
import { fetchBounded } from './fetch-bounded.ts';
import { fail, type Finding, ok, warn } from './finding.ts';
import { readHealth } from './read-health.ts';

/** How the server at AMBIT_URL is, and what AMBIT_TOKEN opens there. */
export const checkServer: Check = {
  name: 'server',
  async find(context) {
    const { server, timeoutMs } = context;
    const health = await readHealth(server.url.origin, timeoutMs);
    if (health === null) {
      const message = `No Ambit server answers at ${server.url.origin}.`;
      return [
        server.isDefault
          ? ok('server', `${message} None was named, and none need run for this.`)
          : fail('server', message, 'Start it, or see AMBIT_URL.'),
      ];
    }
    return [toFinding(health, server.url.origin), ...(await checkAccess(context))];
  },
};

function toFinding({ status, version }: { status: string; version: string }, origin: string): Finding {
  if (status !== 'ok')
    return fail(
      'server',
      `Ambit ${version} at ${origin} is ${status}.`,
      'See its log: most likely it cannot reach its database.',
    );
  const own = readPackageVersion();
  if (version !== own)
    return warn(
      'server',
      `At ${origin} is Ambit ${version}, and this is ${own}.`,
      'Use the same version for both.',
    );
  return ok('server', `Ambit ${version} at ${origin} is well.`);
}

const VIEWER = '{ viewer { id isAdmin scopes unknownScopes expiresAt } agents { id canRun } }';

async function checkAccess({ server, timeoutMs }: CheckContext): Promise<Finding[]> {
  if (server.token === null) return [];
  const headers = { authorization: `Bearer ${server.token}` };
  const answer = await fetchBounded(server.url.href, { timeoutMs, headers, body: { query: VIEWER } });
  const value = answer === null ? null : parseData(answer.text);
  const viewer = value?.['viewer'];
  if (!isRecord(viewer))
    return [
      fail(
        'access',
        'The server does not take AMBIT_TOKEN.',
        'Make one with its key: ambit token --sub <subject> --scope <scope>',
      ),
    ];
  const agents = Array.isArray(value?.['agents']) ? value['agents'].filter(isRecord) : [];
  const runs = agents.filter(({ canRun }) => canRun === true).map(({ id }) => String(id));
  const may = viewer['isAdmin'] === true ? 'everything' : listTexts(viewer['scopes']) || 'nothing';
  const unknown = listTexts(viewer['unknownScopes']);
  return [
    ok(
      'access',
      `AMBIT_TOKEN is ${String(viewer['id'])}'s until ${String(viewer['expiresAt'])}, and opens ${may}${runs.length > 0 ? `; it sees and runs ${runs.join(', ')}` : ''}.`,
    ),
    ...(unknown === ''
      ? []
      : [
          warn(
            'access',
            `AMBIT_TOKEN holds scopes that open nothing: ${unknown}.`,
            'ambit scopes lists those that do.',
          ),
        ]),
  ];
}

/** The `data` of an answer, whatever else is in it: an agent list that is refused is no mistake. */
function parseData(text: string): Record<string, unknown> | null {
  const value = parseJson(text);
  const data = isRecord(value) ? value['data'] : null;
  return isRecord(data) ? data : null;
}

function listTexts(value: unknown): string {
  return Array.isArray(value) ? value.map(String).join(' ') : '';
}
