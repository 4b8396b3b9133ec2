import { Client } from 'pg';

import { type Logger } from '../lib/logger.ts';
import { endClient } from './end-client.ts';

const RETRY_MS = 1_000;
const BEAT_MS = 5_000;
const END_TIMEOUT_MS = 1_000;

export interface ListenerOptions {
  /** Not through a transaction-mode pooler: LISTEN belongs to one connection. */
  readonly url: string;
  readonly channel: string;
  readonly hear: (text: string) => void;
  /** From here on notifications are heard, again perhaps: some may have been missed before. */
  readonly onGap: () => void;
  readonly log: Logger;
}

/**
 * Hears the notifications of a channel on a connection of its own, from some time after it was made until it is disposed of. A
 * connection that is lost, or falls silent, is made again; what was said meanwhile is lost, which `onGap` tells.
 */
export class Listener implements AsyncDisposable {
  readonly #options: ListenerOptions;
  #client: Client | null = null;
  #connecting: Promise<void>;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#connecting = this.#tryConnect();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#connecting;
    if (this.#client !== null) await endClient(this.#client, END_TIMEOUT_MS);
  }

  async #tryConnect(): Promise<void> {
    try {
      await this.#connect();
    } catch (error) {
      this.#options.log.warn({ err: error }, 'Notifications cannot be heard yet.');
      this.#retry();
    }
  }

  async #connect(): Promise<void> {
    const { url, channel, hear, onGap, log } = this.#options;
    const client = new Client({
      connectionString: url,
      connectionTimeoutMillis: BEAT_MS,
      query_timeout: BEAT_MS,
      keepAlive: true,
      application_name: 'ambit listener',
    });
    // The end that follows is what is acted on.
    client.on('error', (error) => log.warn({ err: error }, 'The listener lost its connection.'));
    client.on('notification', ({ payload = '' }) => hear(payload));
    try {
      await client.connect();
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      await endClient(client, END_TIMEOUT_MS);
      throw error;
    }
    if (this.#isClosed) return await endClient(client, END_TIMEOUT_MS);
    this.#client = client;
    client.once('end', () => this.#retry());
    this.#scheduleBeat(client);
    onGap();
  }

  /** A connection that fell silent ends here, and is made again. */
  #scheduleBeat(client: Client): void {
    this.#timer = setTimeout(() => {
      client.query('select 1').then(
        () => this.#scheduleBeat(client),
        () => endClient(client, 0),
      );
    }, BEAT_MS).unref();
  }

  #retry(): void {
    clearTimeout(this.#timer);
    this.#client = null;
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#connecting = this.#tryConnect();
    }, RETRY_MS).unref();
  }
}
