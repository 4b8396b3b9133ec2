import { formatTable } from '../lib/format-table.ts';
import { toPrintableText } from '../lib/to-printable-text.ts';
import { formatRequirement } from './format-requirement.ts';
import { scopesExplainHelp } from './help/scopes-explain-help.ts';
import { readOperationFile, readVariables } from './operation-file.ts';
import { parseCommandLine } from './parse-command-line.ts';
import { withServer } from './with-server.ts';

const QUERY = `query Explain($operation: String!, $variables: JSON, $operationName: String) {
  explainAccess(operation: $operation, variables: $variables, operationName: $operationName) {
    admitted
    fields { path coordinate requiredScopes decidedBy state heldBy missing }
    truncated
  }
}`;

interface Report {
  readonly admitted: boolean;
  readonly fields: readonly FieldAccess[];
  readonly truncated: boolean;
}

interface FieldAccess {
  readonly path: readonly string[];
  readonly coordinate: string;
  readonly requiredScopes: readonly (readonly string[])[];
  readonly decidedBy: string;
  readonly state: string;
  readonly heldBy: readonly string[];
  readonly missing: readonly (readonly string[])[];
}

/** `ambit scopes explain operation.graphql`: what the server at AMBIT_URL would say to the holder of AMBIT_TOKEN. */
export async function explainScopes(args: string[]): Promise<void> {
  const { positionals, values } = parseCommandLine(scopesExplainHelp, args);
  const [path = ''] = positionals;
  const operation = await readOperationFile(path);
  const variables = await readVariables(values.variables);
  const question = { operation, variables: variables ?? null, operationName: values.operation ?? null };
  const { explainAccess: report } = await withServer((client) =>
    client.request<{ explainAccess: Report }, typeof question>(QUERY, question),
  );
  process.stdout.write(values.json ? `${JSON.stringify(report, null, 2)}\n` : describe(report));
}

/** Whatever an id holds must not steer the terminal. */
function describe({ admitted, fields, truncated }: Report): string {
  const rows = fields.map(({ path, coordinate, requiredScopes, decidedBy, state, heldBy, missing }) =>
    [
      path.join('.'),
      coordinate,
      state,
      decidedBy,
      requiredScopes.length === 0 ? 'any token' : formatRequirement(requiredScopes),
      heldBy.join(' '),
      formatRequirement(missing),
    ].map((cell) => toPrintableText(cell).replaceAll(/[\n\t]/g, ' ')),
  );
  const heading = ['path', 'field', 'state', 'decided by', 'needs', 'held', 'missing'];
  return [
    fields.length === 0 ? 'The operation asks for nothing.\n' : formatTable(heading, rows),
    truncated ? 'There are more fields than are shown.\n' : '',
    admitted ? 'It would be executed.\n' : 'It would be refused.\n',
  ].join('');
}
