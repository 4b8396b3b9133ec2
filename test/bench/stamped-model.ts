// The model of the benches: the message of a run says how many tokens it answers and how often, as JSON; each is the time of its
// sending (ms since 1970), filled with `padding` dots. Without an interval they come as fast as they are taken.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

import { type StampedAnswer } from './stamped-stream.ts';

const server = createServer(async (request, response) => {
  const answer = await readAnswer(request);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  if (answer.intervalMs > 0) return writeAtPace(response, answer);
  writeAtOnce(response, answer);
});
async function readAnswer(request: IncomingMessage): Promise<StampedAnswer> {
  const body = Buffer.concat(await request.toArray()).toString();
  const { messages } = JSON.parse(body) as { messages: { content: string }[] };
  return JSON.parse(messages.at(-1)?.content ?? '') as StampedAnswer;
}

function writeAtPace(response: ServerResponse, { tokens, intervalMs, padding }: StampedAnswer): void {
  const dots = '.'.repeat(padding);
  let written = 0;
  const timer = setInterval(() => {
    written += 1;
    response.write(toFrame(`${Date.now()}${dots} `, written === tokens));
    if (written < tokens) return;
    clearInterval(timer);
    response.end(DONE);
  }, intervalMs);
  response.on('close', () => clearInterval(timer));
}

function writeAtOnce(response: ServerResponse, { tokens, padding }: StampedAnswer): void {
  const dots = '.'.repeat(padding);
  let written = 0;
  const goOn = (): void => {
    let isTaken = true;
    while (isTaken && written < tokens) {
      written += 1;
      isTaken = response.write(toFrame(`${Date.now()}${dots} `, written === tokens));
    }
    if (written === tokens) response.end(DONE);
    else response.once('drain', goOn);
  };
  goOn();
}

const DONE = 'data: [DONE]\n\n';

/** A chunk as long as OpenAI's own. Written out once: to make each anew takes as long as all else here. */
function toFrame(content: string, isLast: boolean): string {
  return `${BEFORE}${content}${isLast ? AFTER_LAST : AFTER}`;
}

const [BEFORE = '', AFTER = ''] = writeFrame(null).split('CONTENT');
const [, AFTER_LAST = ''] = writeFrame('stop').split('CONTENT');

function writeFrame(finishReason: string | null): string {
  return `data: ${JSON.stringify({
    id: 'chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG',
    object: 'chat.completion.chunk',
    created: 1_741_570_283,
    model: 'gpt-4o-2024-08-06',
    system_fingerprint: 'fp_fc9f1d7035',
    choices: [{ index: 0, delta: { content: 'CONTENT' }, logprobs: null, finish_reason: finishReason }],
  })}\n\n`;
}

/** Runs that begin at once ask at once. */
const BACKLOG = 4096;

server.listen(0, '127.0.0.1', BACKLOG, () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`);
});
