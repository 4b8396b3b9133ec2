import { AgentRegistry } from '../../agent/agent-registry.ts';
import { isRecord } from '../../lib/is-record.ts';
import { parseJson } from '../../lib/parse-json.ts';
import type { Check, CheckContext } from './check.ts';
import { fail, type Finding, ok, warn } from './finding.ts';
import { fetchBounded } from './fetch-bounded.ts';

const OPENAI = 'https://api.openai.com/v1';
const ADDRESS = 'See OPENAI_BASE_URL.';

/** Whether the model endpoint answers, takes the key and knows the models. Asks for its list of models, which costs nothing. */
export const checkModel: Check = {
  name: 'model',
  async find(context) {
    const { model } = context.config;
    if (model.isOffline) {
      return [
        warn(
          'model',
          'The offline model answers every agent; it knows nothing.',
          'Set OPENAI_API_KEY, or OPENAI_BASE_URL for an endpoint of your own.',
        ),
      ];
    }
    if (model.apiKey === null && model.baseUrl === null)
      return [
        fail(
          'model',
          'No model endpoint is configured, and in production none is made up.',
          'Set OPENAI_API_KEY or OPENAI_BASE_URL.',
        ),
      ];
    if (model.apiKey !== null && !/^[\x21-\x7e]+$/.test(model.apiKey))
      return [
        fail('model', 'OPENAI_API_KEY must be printable ASCII characters without spaces.', 'Set it anew.'),
      ];
    return await askEndpoint(context);
  },
};

async function askEndpoint({ config: { model }, definition, timeoutMs }: CheckContext): Promise<Finding[]> {
  const base = (model.baseUrl ?? OPENAI).replace(/\/+$/, '');
  const { origin } = new URL(base);
  const headers = model.apiKey === null ? {} : { authorization: `Bearer ${model.apiKey}` };
  const answer = await fetchBounded(`${base}/models`, { headers, timeoutMs });
  if (answer === null) return [fail('model', `Nothing answers at ${origin}.`, ADDRESS)];
  const { status, text } = answer;
  if (status === 401 || status === 403)
    return [
      fail(
        'model',
        `${origin} refuses ${model.apiKey === null ? 'requests without a key' : 'the key'} (HTTP ${status}).`,
        'Set OPENAI_API_KEY to a key of that endpoint.',
      ),
    ];
  const ids = status === 200 ? readIds(text) : null;
  if (ids === null) return [toUnlisted(origin, status, text)];
  const used =
    definition === null
      ? [model.defaultModel]
      : new AgentRegistry(definition.agents, model.defaultModel).models();
  const missing = used.filter((id) => !ids.includes(id) && !ids.includes(`${id}:latest`));
  if (missing.length === 0) return [ok('model', `${origin} answers and knows ${used.join(', ')}.`)];
  return [
    warn(
      'model',
      `${origin} answers, but does not list ${missing.join(', ')}.`,
      'See AMBIT_MODEL and the models of the agents; some endpoints take models that they do not list.',
    ),
  ];
}

/** Chat Completions is all that Ambit needs: an endpoint without a list may do. */
function toUnlisted(origin: string, status: number, text: string): Finding {
  if (/^\s*<(?:!doctype|html)/i.test(text))
    return fail(
      'model',
      `${origin} answers with a web page.`,
      'OPENAI_BASE_URL may name a site and not its API, which often ends in /v1.',
    );
  if (status >= 500)
    return fail('model', `${origin} fails (HTTP ${status}).`, 'See whether the endpoint is up.');
  return warn(
    'model',
    `${origin} answers, but lists no models (HTTP ${status}): whether it takes key and model shows with the first run.`,
    ADDRESS,
  );
}

function readIds(text: string): string[] | null {
  const value = parseJson(text);
  const models = isRecord(value) ? value['data'] : undefined;
  if (!Array.isArray(models)) return null;
  return models.flatMap((one) => (isRecord(one) && typeof one['id'] === 'string' ? [one['id']] : []));
}
