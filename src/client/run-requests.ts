import { AmbitClientError } from './client-error.ts';
import type { Connection } from './connection.ts';
import {
  type ApprovalDecision,
  CancelRunDocument,
  type CancelRunMutation,
  DecideCallsDocument,
  FollowRunDocument,
  type FollowRunSubscription,
  ReadRunDocument,
  type ReadRunQuery,
  type RunAgentInput,
  StartRunDocument,
  type StartRunMutation,
} from './generated/graphql.ts';
import type { AmbitRun, ServerRunEvent } from './run-event.ts';

/** What is asked of the server about one run. All throw `AmbitClientError`. */
export class RunRequests {
  readonly #connection: Connection;
  readonly #runId: string;

  constructor(connection: Connection, runId: string) {
    this.#connection = connection;
    this.#runId = runId;
  }

  /** Starts it, once however often that must be asked. `beforeSending` may throw to give up. */
  async start(input: RunAgentInput, beforeSending: () => void): Promise<AmbitRun> {
    const variables = { input: { ...input, runId: this.#runId, background: true } };
    const options = { isRepeatable: true, beforeSending };
    const data = await this.#connection.send({ query: String(StartRunDocument), variables }, options);
    return present((data as StartRunMutation).runAgent);
  }

  async read(signal?: AbortSignal): Promise<AmbitRun> {
    const operation = { query: String(ReadRunDocument), variables: { id: this.#runId } };
    const data = await this.#connection.send(operation, { isRepeatable: true, signal });
    return present((data as ReadRunQuery).run);
  }

  async cancel(): Promise<AmbitRun> {
    const operation = { query: String(CancelRunDocument), variables: { runId: this.#runId } };
    const data = await this.#connection.send(operation, { isRepeatable: true });
    return present((data as CancelRunMutation).cancelRun);
  }

  /** Not asked again: a decision that has been taken is refused as a conflict. */
  async decide(decisions: readonly ApprovalDecision[]): Promise<void> {
    const operation = { query: String(DecideCallsDocument), variables: { runId: this.#runId, decisions } };
    await this.#connection.send(operation);
  }

  /** The events after the cursor, which is read whenever a connection is made. */
  async *follow(cursor: () => number, signal?: AbortSignal): AsyncGenerator<ServerRunEvent, void, undefined> {
    const next = () => ({
      query: String(FollowRunDocument),
      variables: { runId: this.#runId, after: cursor() },
    });
    for await (const data of this.#connection.follow(next, signal))
      yield (data as FollowRunSubscription).runEvents;
  }
}

function present(run: AmbitRun | null): AmbitRun {
  if (run !== null) return run;
  throw new AmbitClientError('The server answered without the run.', { code: 'BAD_RESPONSE' });
}
