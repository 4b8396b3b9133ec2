// What a user would write without Ambit: `openai` chunks piped to `ws`. No log, no GraphQL, no scopes.
import { type AddressInfo } from 'node:net';

import { OpenAI } from 'openai';
import { WebSocketServer } from 'ws';

const client = new OpenAI({ apiKey: 'none', baseURL: process.env['OPENAI_BASE_URL'], maxRetries: 0 });
const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });

server.on('connection', (socket) => {
  socket.on('message', async (data) => {
    const { message } = JSON.parse(String(data)) as { message: string };
    const chunks = await client.chat.completions.create({
      model: 'bench',
      stream: true,
      messages: [{ role: 'user', content: message }],
    });
    for await (const chunk of chunks) {
      const delta = chunk.choices[0]?.delta.content;
      if (delta) socket.send(JSON.stringify({ delta }));
    }
    socket.send(JSON.stringify({ done: true }));
  });
});
server.on('listening', () => console.log(`ready ws://127.0.0.1:${(server.address() as AddressInfo).port}`));
