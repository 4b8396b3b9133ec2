// The model of the benches of many runs: BENCH_TOKENS tokens, one each BENCH_INTERVAL_MS, each the time of its sending (ms since 1970)
// filled with BENCH_PADDING dots.
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

const TOKENS = Number(process.env['BENCH_TOKENS']);
const INTERVAL_MS = Number(process.env['BENCH_INTERVAL_MS']);
const PADDING = '.'.repeat(Number(process.env['BENCH_PADDING'] ?? 0));

const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  writeTokens(response);
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});

function writeTokens(response: ServerResponse): void {
  let written = 0;
  const timer = setInterval(() => {
    written += 1;
    const last = written === TOKENS;
    writeChunk(response, { delta: { content: `${Date.now()}${PADDING} ` }, last });
    if (!last) return;
    clearInterval(timer);
    response.end('data: [DONE]\n\n');
  }, INTERVAL_MS);
  response.on('close', () => clearInterval(timer));
}

function writeChunk(response: ServerResponse, { delta, last }: { delta: object; last: boolean }): void {
  const choices = [{ index: 0, delta, finish_reason: last ? 'stop' : null }];
  response.write(`data: ${JSON.stringify({ object: 'chat.completion.chunk', choices })}\n\n`);
}
