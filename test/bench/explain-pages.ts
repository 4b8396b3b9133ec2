import { graphql } from 'graphql';

import { type AgentRegistry } from '../../src/agent/agent-registry.ts';
import { createRequestContext } from '../../src/graphql/request-context.ts';
import { type Db } from '../../src/store/tables.ts';
import { explainStatement, recordStatements } from '../_util/query-plan.ts';
import { createBareSchema } from './bare-schema.ts';
import { type BenchTable } from './bench-table.ts';
import { toPrincipal } from './page-callers.ts';
import { type PageQuery } from './page-queries.ts';

/** Of these tables none may be read from end to end. */
const LARGE_TABLES = new Set(['session', 'run', 'run_event']);

/** The statements that the pages send, each as it is sent for the first time, and how the database carries them out. */
export async function explainPages({
  db,
  agents,
  pages,
}: {
  readonly db: Db;
  readonly agents: AgentRegistry;
  readonly pages: readonly PageQuery[];
}): Promise<BenchTable> {
  const rows: (string | number)[][] = [];
  let [scans, mostRead] = [0, 0];
  for (const page of pages) {
    const statements = await recordStatements(db, (recorded) => execute(recorded, agents, page));
    const groups = Map.groupBy(statements, ({ sql }) => sql);
    for (const [text, group] of groups) {
      const { nodes, milliseconds, rowsRead, scannedTables } = await explainStatement(db, group[0]!);
      const scanned = scannedTables.filter((table) => LARGE_TABLES.has(table));
      scans += scanned.length;
      mostRead = Math.max(mostRead, rowsRead);
      rows.push([
        page.name,
        toTables(text),
        group.length,
        nodes.join(', '),
        rowsRead,
        milliseconds,
        scanned.length === 0 ? 'none' : scanned.join(', '),
      ]);
    }
  }
  return {
    question: 'queries: how the database finds the rows of a page; ms are those of one execution by itself',
    columns: ['page', 'statement on', 'times', 'nodes', 'rows read', 'ms', 'tables read from end to end'],
    rows,
    findings: [
      {
        what: 'large tables that pages read from end to end',
        value: scans,
        unit: 'count',
        goal: { atMost: 0 },
      },
      { what: 'rows that a page of 20 reads, at most', value: mostRead, unit: 'count' },
    ],
  };
}

async function execute(db: Db, agents: AgentRegistry, page: PageQuery): Promise<void> {
  const principal = toPrincipal(page.caller);
  const { signal } = new AbortController();
  const contextValue = createRequestContext({
    db,
    principalOf: () => principal,
    signal,
    transport: 'http',
  });
  const { errors } = await graphql({
    schema: createBareSchema(db, agents),
    source: page.query,
    variableValues: page.variables ?? {},
    contextValue,
  });
  if (errors !== undefined) throw new Error(`${page.name} is refused.`, { cause: errors[0] });
}

/** The tables that a statement names, in its order. */
function toTables(text: string): string {
  const names = [...text.matchAll(/(?:from|join|update|into) "[^"]+"\."([^"]+)"/g)].map(([, name]) => name);
  return [...new Set(names)].join(', ');
}
