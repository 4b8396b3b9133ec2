// The model of the benches of many runs: the message of a run says how many tokens it answers and how often, as JSON; each is the time of
// its sending (ms since 1970), filled with `padding` dots.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { type StampedAnswer } from './stamped-stream.ts';

const server = createServer(async (request, response) => {
  const answer = await readAnswer(request);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  writeTokens(response, answer);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});

async function readAnswer(request: IncomingMessage): Promise<StampedAnswer> {
  const body = Buffer.concat(await request.toArray()).toString();
  const { messages } = JSON.parse(body) as { messages: { content: string }[] };
  return JSON.parse(messages.at(-1)?.content ?? '') as StampedAnswer;
}

function writeTokens(response: ServerResponse, { tokens, intervalMs, padding }: StampedAnswer): void {
  const dots = '.'.repeat(padding);
  let written = 0;
  const timer = setInterval(() => {
    written += 1;
    const last = written === tokens;
    writeChunk(response, { delta: { content: `${Date.now()}${dots} ` }, last });
    if (!last) return;
    clearInterval(timer);
    response.end('data: [DONE]\n\n');
  }, intervalMs);
  response.on('close', () => clearInterval(timer));
}

function writeChunk(response: ServerResponse, { delta, last }: { delta: object; last: boolean }): void {
  const choices = [{ index: 0, delta, finish_reason: last ? 'stop' : null }];
  response.write(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices })}\n\n`);
}
