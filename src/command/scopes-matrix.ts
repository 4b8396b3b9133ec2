import { AgentRegistry } from '../agent/agent-registry.ts';
import { readConfig } from '../config.ts';
import { callers } from '../demo/callers.ts';
import type { Reach } from '../directive/field-reach.ts';
import { createAccessMatrix, type MatrixRow } from '../graphql/access-matrix.ts';
import { createContractSchema } from '../graphql/contract-schema.ts';
import { formatTable } from '../lib/format-table.ts';
import { ScopeCatalogue } from '../scope/catalogue.ts';
import { DEFAULT_ADMIN_SCOPE, GrantSet } from '../scope/grant-set.ts';
import { formatRequirement } from './format-requirement.ts';
import { scopesMatrixHelp } from './help/scopes-matrix-help.ts';
import { loadApp } from './load-app.ts';
import { loadEnvFile } from './load-env-file.ts';
import { parseCommandLine } from './parse-command-line.ts';

interface Column {
  readonly name: string;
  readonly scopes: readonly string[];
}

/** `ambit scopes matrix`: who may come to which field, by the schema and the scopes alone; asks no server. */
export async function showMatrix(args: string[]): Promise<void> {
  const { values } = parseCommandLine(scopesMatrixHelp, args);
  loadEnvFile();
  const { jwt, model } = readConfig();
  const { agents } = await loadApp(values.app);
  const catalogue = new ScopeCatalogue(new AgentRegistry(agents, model.defaultModel).toolScopes());
  const columns = values.scope.length > 0 ? values.scope.map(toColumn) : exampleColumns(jwt.adminScope);
  const grants = columns.map(({ scopes }) => new GrantSet(scopes, jwt.adminScope));
  const rows = createAccessMatrix(createContractSchema({ catalogue, adminScope: jwt.adminScope }), grants);
  process.stdout.write(values.json ? toJson(columns, rows) : describe(columns, rows));
}

function toColumn(text: string): Column {
  const scopes = text.split(/[\s,]+/).filter((scope) => scope !== '');
  return { name: scopes.join(' '), scopes };
}

function exampleColumns(adminScope: string): Column[] {
  return callers.map(({ id, scopes }) => ({
    name: id,
    scopes: scopes.map((scope) => (scope === DEFAULT_ADMIN_SCOPE ? adminScope : scope)),
  }));
}

const CELLS: Readonly<Record<Reach, string>> = { all: 'yes', some: 'some', none: '-' };

function describe(columns: readonly Column[], rows: readonly MatrixRow[]): string {
  const heading = ['field', ...columns.map(({ name }) => name), 'needs'];
  const cells = rows.map(({ coordinate, requiredScopes, reach }) => [
    coordinate,
    ...reach.map((one) => CELLS[one]),
    describeRequirement(requiredScopes),
  ]);
  return formatTable(heading, cells);
}

function describeRequirement(requiredScopes: MatrixRow['requiredScopes']): string {
  if (requiredScopes === null) return 'nothing';
  return requiredScopes.length === 0 ? 'any token' : formatRequirement(requiredScopes);
}

function toJson(columns: readonly Column[], rows: readonly MatrixRow[]): string {
  const fields = rows.map(({ coordinate, requiredScopes, reach }) => ({
    coordinate,
    requiredScopes,
    reach: Object.fromEntries(columns.map(({ name }, index) => [name, reach[index]])),
  }));
  return `${JSON.stringify({ callers: columns, fields }, null, 2)}\n`;
}
