import { expect } from 'vitest';

import type { TestApp } from '../_util/test-app.ts';
import { ask, type Asked, type Answered, assertTight, codesOf, type Transport } from './ask.ts';
import { type DocServer, docToken } from './doc-server.ts';

/** The servers that stand for all rows that need none of their own. */
export interface World {
  readonly docs: DocServer;
  /** The whole server, with agents of guarded instructions. */
  readonly app: TestApp;
}

/** `build`: the attack is on whoever puts a schema together, and no request carries it. */
export type Carrier = Transport | 'build';

/** One way of one case. */
export interface AttackCase {
  readonly number: number;
  readonly title: string;
  readonly over: readonly Carrier[];
  /** Throws when the answer is not safe. */
  run(world: World, over: Carrier): Promise<void>;
}

export const BOTH = ['HTTP', 'socket'] as const;
export const LOW = ['docs:read'] as const;

export interface OperationCase {
  readonly number: number;
  readonly title?: string;
  readonly query: string;
  readonly variables?: unknown;
  readonly operationName?: string;
  /** `docs:read` where nothing else is said; `null`: no token. */
  readonly scopes?: readonly string[] | null;
  /** Default: both. */
  readonly over?: readonly Transport[];
  /** Of the errors, each once; one alone may stand without a list. `null`: there is no error. */
  readonly code: string | readonly string[] | null;
  /** All of the data; default: nothing is asked of it. */
  readonly data?: unknown;
  /** Paths of the errors, dots between. */
  readonly paths?: readonly string[];
  /** Resolvers of mutations, of lists and of guarded values that run. Default: none, where there is an error. */
  readonly ran?: readonly string[];
  /** Whether guarded values are allowed to be seen. */
  readonly opened?: boolean;
}

/** A case that one operation on the doc server shows. */
export function operationCase(row: OperationCase): AttackCase {
  const { number, query, scopes = LOW, over = BOTH } = row;
  return {
    number,
    title: row.title ?? query.slice(0, 120),
    over,
    async run({ docs }, carrier) {
      docs.state.ran.length = 0;
      const asked = { url: docs.http.url, token: scopes === null ? null : docToken(scopes), ...pick(row) };
      const answer = await ask(carrier === 'HTTP' ? 'HTTP' : 'socket', { ...asked, query });
      assertSafe(answer, row);
      const { ran = row.code === null ? undefined : [] } = row;
      if (ran !== undefined) expect(docs.state.ran).toEqual(ran);
    },
  };
}

function pick({ variables, operationName }: OperationCase): Partial<Asked> {
  return {
    ...(variables !== undefined && { variables }),
    ...(operationName !== undefined && { operationName }),
  };
}

function assertSafe(answer: Answered, { code, data, paths, opened = false }: OperationCase): void {
  assertTight(answer.text, opened);
  expect({ codes: codesOf(answer), text: answer.text }).toMatchObject({
    codes: [code ?? []].flat(),
  });
  if (answer.status !== null) expect(answer.status).toBeLessThan(500);
  if (data !== undefined) expect(answer.data).toEqual(data);
  if (paths !== undefined) expect(answer.errors.map(({ path }) => path?.join('.'))).toEqual(paths);
}
