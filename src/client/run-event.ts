import type {
  ClientRunFragment,
  ClientToolCallFragment,
  FollowRunSubscription,
} from './generated/graphql.ts';

/** A run, as it is told. */
export type AmbitRun = ClientRunFragment;

/** A tool call of a run, as it is told. */
export type AmbitToolCall = ClientToolCallFragment;

/** What the server tells of a run. */
export type ServerRunEvent = FollowRunSubscription['runEvents'];

/**
 * Made by the client: what it handed out after `seq` has been joined or deleted by the server since, and the events after `seq` come
 * anew. Whoever keeps what events say lets go of all that came after `seq`; `applyEvent` does.
 */
export interface EventsReset {
  readonly __typename: 'EventsReset';
  readonly runId: string;
  readonly seq: number;
}

/** An event of a run: a union on `__typename`. */
export type AmbitRunEvent = ServerRunEvent | EventsReset;
