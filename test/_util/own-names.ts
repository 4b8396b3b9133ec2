import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  buildSchema,
  getNamedType,
  type GraphQLField,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'graphql';
import { z } from 'zod';

import { defineAgent } from '../../src/agent/agent.ts';
import { defineTool } from '../../src/agent/tool.ts';
import { readConfig } from '../../src/config.ts';
import * as face from '../../src/index.ts';
import { ScopeCatalogue } from '../../src/scope/catalogue.ts';
import { DEFAULT_ADMIN_SCOPE } from '../../src/scope/grant-set.ts';
import { parseScope } from '../../src/scope/scope.ts';
import { ROOT } from './pages.ts';

/** The schema as its file writes it, directives and all. */
export const contract = buildSchema(await readFile(join(ROOT, 'schema.graphql'), 'utf8'));
export const catalogue = new ScopeCatalogue();

type Field = GraphQLField<unknown, unknown>;

/** Queries, mutations and subscriptions by name. */
export const operations: ReadonlyMap<string, Field> = new Map(
  [contract.getQueryType(), contract.getMutationType(), contract.getSubscriptionType()].flatMap((type) =>
    Object.entries(type?.getFields() ?? {}),
  ),
);

/** Every name that the configuration asks the environment for. */
export const settings: ReadonlySet<string> = readSettings();

const words = new Set([
  ...settings,
  ...operations.keys(),
  ...Object.keys(contract.getTypeMap()),
  ...Object.values(contract.getTypeMap())
    .filter(isEnumType)
    .flatMap((type) => type.getValues().map(({ name }) => name)),
  ...Object.keys(face),
  ...definitionOptions(),
]);

function readSettings(): Set<string> {
  const names = new Set<string>();
  const get = (_env: object, name: string | symbol): string | undefined => {
    names.add(String(name));
    // The others of its kind are read only when there is one.
    return name === 'OTEL_EXPORTER_OTLP_ENDPOINT' ? 'http://127.0.0.1:4318' : undefined;
  };
  readConfig(new Proxy<Record<string, string | undefined>>({}, { get }));
  return names;
}

/** What `defineTool`, `defineAgent` and an agent's limits take. */
function definitionOptions(): string[] {
  const tool = defineTool({
    name: 'tool',
    description: 'A tool.',
    parameters: z.object({}),
    run: () => null,
  });
  const agent = defineAgent({ id: 'agent', name: 'Agent' });
  return [tool, agent, agent.limits].flatMap((definition) => Object.keys(definition));
}

/**
 * Whether `text`, as documentation writes it, names something of this server: an operation, with arguments (`run(id:)`) or
 * without; a type, a field of one (`Run.output`), a value of an enum; a scope; a setting; an export of the package or an option of
 * its definitions.
 */
export function isOwnName(text: string): boolean {
  const [, name, args = ''] = /^(\w+)\((.*)\)$/.exec(text) ?? [];
  if (name !== undefined) return hasArguments(operations.get(name), args);
  if (text.includes(':')) return isOwnScope(text);
  const [, typeName = '', fieldName = ''] = /^([A-Z]\w*)\.(\w+)$/.exec(text) ?? [];
  return typeName === '' ? words.has(text) : hasField(typeName, fieldName);
}

/** Whether something asks for the scope. `<id>` stands for an id where that is one. */
export function isOwnScope(text: string): boolean {
  if (text === DEFAULT_ADMIN_SCOPE || catalogue.list().includes(text)) return true;
  const scope = parseScope(text);
  return scope !== null && scope.id !== '<id>' && catalogue.has(scope);
}

/** `agentId:, name:` are arguments of the field, or fields of the input that it takes. */
function hasArguments(field: Field | undefined, text: string): boolean {
  const inputs = field?.args.map(({ type }) => getNamedType(type)).filter(isInputObjectType) ?? [];
  const names = new Set([
    ...(field?.args.map(({ name }) => name) ?? []),
    ...inputs.flatMap((input) => Object.keys(input.getFields())),
  ]);
  return text.split(',').every((part) => names.has(part.trim().replace(/:$/, '')));
}

function hasField(typeName: string, fieldName: string): boolean {
  const type = contract.getType(typeName);
  const isHolder = isObjectType(type) || isInterfaceType(type) || isInputObjectType(type);
  return isHolder && Object.hasOwn(type.getFields(), fieldName);
}
