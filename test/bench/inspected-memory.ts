import { once } from 'node:events';

import { WebSocket } from 'ws';

/** For a server's environment: its inspector listens on a free port of loopback. */
export const INSPECTED = { NODE_OPTIONS: '--inspect=127.0.0.1:0' };

/**
 * What the server holds after a garbage collection, in MB: its heap, and the buffers outside it. Through the inspector:
 * https://chromedevtools.github.io/devtools-protocol/v8/HeapProfiler/#method-collectGarbage
 */
export async function readHeldMegabytes({ output }: { readonly output: readonly string[] }): Promise<number> {
  const [, address = ''] = /Debugger listening on (ws:\S+)/.exec(output.join('\n')) ?? [];
  const socket = new WebSocket(address);
  await once(socket, 'open');
  try {
    // Twice: what the first one finalises is collected by the second.
    await call(socket, 'HeapProfiler.collectGarbage');
    await call(socket, 'HeapProfiler.collectGarbage');
    const expression = 'process.memoryUsage().heapUsed + process.memoryUsage().external';
    const { result } = (await call(socket, 'Runtime.evaluate', { expression })) as {
      result: { value: number };
    };
    return result.value / 1_048_576;
  } finally {
    socket.terminate();
  }
}

async function call(socket: WebSocket, method: string, params: object = {}): Promise<unknown> {
  socket.send(JSON.stringify({ id: 1, method, params }));
  for (;;) {
    const [message] = (await once(socket, 'message')) as [Buffer];
    const answer = JSON.parse(message.toString()) as { id?: number; result?: unknown };
    if (answer.id === 1) return answer.result;
  }
}
