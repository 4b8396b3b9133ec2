import { mapInBatches } from './map-in-batches.ts';
import { type ReadingTarget } from './reading-target.ts';
import { type ReaderSocket } from './reader-socket.ts';
import { type SeenEvent } from './stamped-stream.ts';

/** Subscriptions that are begun at once. */
const AT_ONCE = 100;

export interface OpenReadersOptions {
  /** The run of each reader, or several for as many. */
  readonly runIds: readonly string[];
  readonly readersPerSocket: number;
  readonly onEvent?: (event: SeenEvent) => void;
}

/** Reads the runs, and resolves when every reader has been told of its first event. */
export async function openReaders(
  target: Pick<ReadingTarget, 'openSocket'>,
  { runIds, readersPerSocket, onEvent = () => undefined }: OpenReadersOptions,
): Promise<readonly ReaderSocket[]> {
  const groups = Array.from({ length: Math.ceil(runIds.length / readersPerSocket) }, (_group, index) =>
    runIds.slice(index * readersPerSocket, (index + 1) * readersPerSocket),
  );
  return await mapInBatches(groups, Math.ceil(AT_ONCE / readersPerSocket), async (group) => {
    const socket = await target.openSocket();
    await Promise.all(group.map((runId) => readFirst(socket, runId, onEvent)));
    return socket;
  });
}

function readFirst(socket: ReaderSocket, runId: string, onEvent: (event: SeenEvent) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onFirst = (event: SeenEvent): void => {
      resolve();
      onEvent(event);
    };
    socket.read(runId, { onEvent: onFirst, onRefused: reject });
  });
}
