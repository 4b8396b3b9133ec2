import { CompiledQuery, type KyselyPlugin, type RootOperationNode } from 'kysely';

import { type Db } from '../../src/store/tables.ts';

/** A node of what `explain (analyze, format json)` answers, as far as it is looked at. */
interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** How the database carries a statement out. */
export interface QueryPlan {
  /** Its nodes from the outermost, each with its index or table; without those that only cut off or compute. */
  readonly nodes: readonly string[];
  readonly milliseconds: number;
  /** Rows read from tables and indexes, those that a filter then left out among them. */
  readonly rowsRead: number;
  /** Tables that are read from end to end. */
  readonly scannedTables: readonly string[];
}

/** The statements that `act` sends to the database it is given. */
export async function recordStatements(db: Db, act: (db: Db) => Promise<unknown>): Promise<CompiledQuery[]> {
  const nodes: RootOperationNode[] = [];
  const recorder: KyselyPlugin = {
    transformQuery: ({ node }) => {
      nodes.push(node);
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  await act(db.withPlugin(recorder));
  return nodes.map((node) => db.getExecutor().compileQuery(node, { queryId: 'recorded' }));
}

/** Carries a statement, which must only read, out once more and says how. */
export async function explainStatement(db: Db, statement: CompiledQuery): Promise<QueryPlan> {
  const text = `explain (analyze, format json) ${statement.sql}`;
  const { rows } = await db.executeQuery(CompiledQuery.raw(text, [...statement.parameters]));
  // As Postgres gives it: one row with one column, whose only element is the plan.
  const [row] = rows as { 'QUERY PLAN': [{ Plan: PlanNode; 'Execution Time': number }] }[];
  if (row === undefined) throw new Error('The database did not explain a statement.');
  const [{ Plan: root, 'Execution Time': milliseconds }] = row['QUERY PLAN'];
  const nodes = flatten(root);
  return {
    nodes: nodes.map(describe).filter((name) => name !== 'Limit' && name !== 'Result'),
    milliseconds,
    rowsRead: nodes.reduce((sum, node) => sum + countRead(node), 0),
    scannedTables: nodes
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => node['Relation Name'] ?? ''),
  };
}

function flatten(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(flatten)];
}

function describe(node: PlanNode): string {
  return [node['Node Type'], node['Index Name'] ?? node['Relation Name']].filter(Boolean).join(' ');
}

function countRead(node: PlanNode): number {
  const isRead = node['Relation Name'] !== undefined;
  return isRead ? (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'] : 0;
}
