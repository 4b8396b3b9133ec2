import { createContractSchema } from '../graphql/contract-schema.ts';
import { type ChosenScope, leastScopesFor } from '../graphql/least-scopes-for.ts';
import { toPrintableText } from '../lib/to-printable-text.ts';
import type { ScopeCatalogue } from '../scope/catalogue.ts';
import { isSegment, parseScope, WILDCARD } from '../scope/scope.ts';
import { readOperationFile, readVariables } from './operation-file.ts';
import { UsageError } from './usage-error.ts';

export interface TokenForOptions {
  /** The file of the operation. */
  readonly path: string;
  /** JSON, or a file with it. */
  readonly variables: string | undefined;
  readonly operationName: string | undefined;
  /** Each as `agents=web-search-agent`. */
  readonly ids: readonly string[];
  /** Of the token. */
  readonly subject: string;
  readonly catalogue: ScopeCatalogue;
  readonly adminScope: string;
}

/**
 * The least scopes for an operation, with what was chosen and why on stderr.
 * @throws UsageError for what cannot be read; errors of ours for an operation that would be refused whoever asks.
 */
export async function scopesFor(options: TokenForOptions): Promise<string[]> {
  const { path, operationName, subject, catalogue, adminScope } = options;
  const operation = await readOperationFile(path);
  const variables = await readVariables(options.variables);
  const ids = readIds(options.ids);
  const schema = createContractSchema({ catalogue, adminScope });
  const chosen = leastScopesFor(schema, { operation, operationName, variables, ids, subject, adminScope });
  process.stderr.write(chosen.map((one) => toPrintableText(describe(one))).join(''));
  if (chosen.length === 0) process.stderr.write('The operation asks for no scope.\n');
  return chosen.map(({ scope }) => scope);
}

/** @throws UsageError */
function readIds(texts: readonly string[]): Map<string, string[]> {
  const ids = new Map<string, string[]>();
  for (const text of texts) {
    const [resource, id, ...more] = text.split('=');
    if (!isSegment(resource) || !isSegment(id) || more.length > 0)
      throw new UsageError(`--id ${JSON.stringify(text)}: write it as agents=web-search-agent.`);
    ids.set(resource, [...(ids.get(resource) ?? []), id]);
  }
  return ids;
}

function describe({ scope, places }: ChosenScope): string {
  const paths = [...new Set(places.map(({ path, coordinate }) => `${path.join('.')} (${coordinate})`))];
  const shown = paths.slice(0, 5).join(', ');
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  const parsed = parseScope(scope);
  const hint =
    parsed?.id === WILDCARD
      ? `; which ${parsed.resource} is known only at run time, --id ${parsed.resource}=<id> narrows it`
      : '';
  return `${scope}  for ${shown}${more}${hint}\n`;
}
