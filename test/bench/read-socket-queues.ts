import { readFileSync } from 'node:fs';

/**
 * Bytes that the kernel holds between the two ends of each loopback connection from one of `clientPorts`: sent and not acknowledged, and
 * received and not read. https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function readSocketQueues(clientPorts: ReadonlySet<number>): Map<number, number> {
  const queues = new Map([...clientPorts].map((port) => [port, 0]));
  for (const line of readFileSync('/proc/net/tcp', 'utf8').split('\n').slice(1)) {
    const [, local = '', remote = '', , sizes = ''] = line.trim().split(/\s+/);
    const [sent = 0, received = 0] = sizes.split(':').map((hex) => Number.parseInt(hex, 16));
    add(queues, portOf(remote), sent);
    add(queues, portOf(local), received);
  }
  return queues;
}

function portOf(address: string): number {
  return Number.parseInt(address.split(':').at(-1) ?? '', 16);
}

function add(queues: Map<number, number>, port: number, bytes: number): void {
  const known = queues.get(port);
  if (known !== undefined) queues.set(port, known + bytes);
}
