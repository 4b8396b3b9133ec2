// The leanest relay: `openai` chunks as server-sent events of a plain HTTP server. No log, no GraphQL, no scopes.
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { OpenAI } from 'openai';

const client = new OpenAI({ apiKey: 'none', baseURL: process.env['OPENAI_BASE_URL'], maxRetries: 0 });
const server = createServer(async (request, response) => {
  const { message } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { message: string };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunks = await client.chat.completions.create({
    model: 'bench',
    stream: true,
    messages: [{ role: 'user', content: message }],
  });
  for await (const chunk of chunks) {
    const delta = chunk.choices[0]?.delta.content;
    if (delta) response.write(`data: ${JSON.stringify({ delta })}\n\n`);
  }
  response.end();
});
server.listen(0, '127.0.0.1', () =>
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}`),
);
