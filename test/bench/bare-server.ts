// What a user would write without Ambit: graphql-ws over ws, and an async generator. No log, no scopes, no limits. `shared`: the readers of one
// `runId` are told of one answer of the model; `own`: each has one of its own. The model's tokens are told as Ambit tells them: of one answer to
// many, what came in 30 ms as one event; of one's own, each as it comes.
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { makeExecutableSchema } from '@graphql-tools/schema';
import { useServer } from 'graphql-ws/use/ws';
import { OpenAI } from 'openai';
import { WebSocketServer } from 'ws';

import { Broadcast } from './broadcast.ts';

interface BareEvent {
  readonly __typename: string;
  readonly seq: number;
  readonly delta?: string;
}

const FLUSH_MS = 30;
const TYPES = `
  interface RunEvent { seq: Int! }
  type RunStarted implements RunEvent { seq: Int! }
  type TextDelta implements RunEvent { seq: Int! delta: String! }
  type RunFinished implements RunEvent { seq: Int! }
  type Query { isReady: Boolean }
  type Subscription { runEvents(runId: ID!): RunEvent! }
`;

const model = new OpenAI({ apiKey: 'none', baseURL: process.env['OPENAI_BASE_URL'], maxRetries: 0 });
const broadcasts = new Map<string, Broadcast<BareEvent>>();
const subscribe = process.argv[2] === 'shared' ? readShared : readOwn;

const schema = makeExecutableSchema({
  typeDefs: TYPES,
  resolvers: {
    Subscription: {
      runEvents: {
        subscribe: (_parent: unknown, { runId }: { runId: string }) => subscribe(runId),
        resolve: (event: BareEvent) => event,
      },
    },
  },
});
const server = createServer();
useServer({ schema }, new WebSocketServer({ server, path: '/graphql' }));
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/** The first event says that the model answers: whoever waits for it does not ask a thousand times at once. */
async function* readOwn(message: string): AsyncGenerator<BareEvent> {
  let seq = 1;
  const deltas = await askModel(message);
  yield { __typename: 'RunStarted', seq };
  for await (const delta of deltas) yield { __typename: 'TextDelta', seq: (seq += 1), delta };
  yield { __typename: 'RunFinished', seq: seq + 1 };
}

async function* readShared(message: string): AsyncGenerator<BareEvent> {
  const known = broadcasts.get(message);
  const broadcast = known ?? new Broadcast<BareEvent>();
  broadcasts.set(message, broadcast);
  if (known === undefined) void publishAnswer(message, broadcast);
  yield { __typename: 'RunStarted', seq: 1 };
  yield* broadcast.read();
}

async function publishAnswer(message: string, broadcast: Broadcast<BareEvent>): Promise<void> {
  let [seq, text] = [1, ''];
  const timer = setInterval(() => {
    if (text === '') return;
    broadcast.publish({ __typename: 'TextDelta', seq: (seq += 1), delta: text });
    text = '';
  }, FLUSH_MS);
  for await (const delta of await askModel(message)) text += delta;
  clearInterval(timer);
}

async function askModel(message: string): Promise<AsyncGenerator<string>> {
  const chunks = await model.chat.completions.create({
    model: 'bench',
    stream: true,
    messages: [{ role: 'user', content: message }],
  });
  return toDeltas(chunks);
}

async function* toDeltas(chunks: AsyncIterable<OpenAI.ChatCompletionChunk>): AsyncGenerator<string> {
  for await (const chunk of chunks) {
    const delta = chunk.choices[0]?.delta.content;
    if (delta) yield delta;
  }
}
