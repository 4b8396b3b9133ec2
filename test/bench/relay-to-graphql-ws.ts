// The shortest GraphQL subscription that streams a model: an async generator over `openai` chunks behind graphql-ws. No log, no scopes.
import { type AddressInfo } from 'node:net';

import { makeExecutableSchema } from '@graphql-tools/schema';
import { useServer } from 'graphql-ws/use/ws';
import { OpenAI } from 'openai';
import { WebSocketServer } from 'ws';

const client = new OpenAI({ apiKey: 'none', baseURL: process.env['OPENAI_BASE_URL'], maxRetries: 0 });

async function* streamTokens(_root: unknown, { message }: { message: string }): AsyncGenerator<object> {
  const chunks = await client.chat.completions.create({
    model: 'bench',
    stream: true,
    messages: [{ role: 'user', content: message }],
  });
  let seq = 0;
  for await (const chunk of chunks) {
    const delta = chunk.choices[0]?.delta.content;
    if (delta) yield { tokens: { seq: (seq += 1), delta } };
  }
}

const schema = makeExecutableSchema({
  typeDefs: `
    type Query { ok: Boolean }
    type Subscription { tokens(message: String!): Token! }
    type Token { seq: Int! delta: String! }
  `,
  resolvers: { Subscription: { tokens: { subscribe: streamTokens } } },
});
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
useServer({ schema }, server);
server.on('listening', () => console.log(`ready ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
