import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';

import { MessageType, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { RawData, WebSocket } from 'ws';

import type { Logger } from '../lib/logger.ts';
import type { Principal } from '../scope/principal.ts';
import { CLOSE_REASONS, type CloseCode, isCloseCode } from './close-code.ts';
import type { HttpLimits } from './http-limits.ts';
import { InboundPace } from './inbound-pace.ts';
import type { OperationStream } from './operation-stream.ts';

/** Results that a socket is given in one turn of the event loop. */
const RESULTS_PER_TURN = 32;

export interface SocketConnectionOptions {
  readonly request: IncomingMessage;
  /** As `ClientAddress` gives it. */
  readonly address: string;
  readonly limits: HttpLimits;
  readonly log: Logger;
}

/**
 * One websocket between `ws` and the protocol: text in at a bounded pace, text out no faster than the client reads, closed
 * with a code of the table. `principal` is what `connection_init` has shown, or a later token of the same user; `null` without one.
 */
export class SocketConnection implements ProtocolSocket {
  readonly request: IncomingMessage;
  readonly address: string;
  readonly streams = new Set<OperationStream>();
  /** Answers the protocol's pings. */
  onPing: (payload?: Readonly<Record<string, unknown>>) => Promise<void> = (payload) =>
    this.sendPong(payload);
  /** Where the client may have said of which trace all its operations are: `connection_init`, then the handshake. */
  carriers: readonly Readonly<Record<string, unknown>>[];
  #principal: Principal | null = null;
  #isAccepted = false;
  #letGo: () => void = () => undefined;
  readonly #socket: WebSocket;
  readonly #limits: HttpLimits;
  readonly #log: Logger;
  readonly #pace: InboundPace;
  readonly #initDeadline: NodeJS.Timeout;
  readonly #closed = Promise.withResolvers<void>();
  #drained = new Set<() => void>();
  #results = 0;
  #isAlive = true;

  constructor(socket: WebSocket, { request, address, limits, log }: SocketConnectionOptions) {
    this.request = request;
    this.address = address;
    this.carriers = [request.headers];
    this.#socket = socket;
    this.#limits = limits;
    this.#log = log;
    this.#pace = new InboundPace(socket, limits);
    socket.on('pong', () => this.#hear());
    socket.on('ping', (data) => this.#pong(data));
    // ws has closed the socket with the code for it (1009 too large, 1007 not UTF-8) before it says so here.
    socket.on('error', (err) => log.debug({ err }, 'a websocket broke the protocol'));
    socket.once('close', () => this.#onClose());
    this.#initDeadline = setTimeout(() => this.closeWith(4408), limits.connectionInitMs);
  }

  /** Lets the socket in; `false`: too late, it is closing. */
  accept(): boolean {
    clearTimeout(this.#initDeadline);
    this.#isAccepted = true;
    return this.isOpen;
  }

  get principal(): Principal | null {
    return this.#principal;
  }

  /** Whether `connection_init` has let the socket in. */
  get isAccepted(): boolean {
    return this.#isAccepted;
  }

  /** Takes on a principal; `letGo` is called when another takes its place, or the socket has closed. */
  hold(principal: Principal, letGo: () => void): void {
    this.#letGo();
    this.#principal = principal;
    this.#letGo = letGo;
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  async sendPong(payload?: Readonly<Record<string, unknown>>): Promise<void> {
    await this.send(JSON.stringify({ type: MessageType.Pong, payload }));
  }

  /**
   * Resolves when the text has left the process, so that whoever awaits it is as slow as the client. A client that has gone is nobody's
   * error: what is said to it is dropped, and its streams end when its socket closes.
   */
  send(text: string): Promise<void> {
    return new Promise((resolve) => {
      if (!this.isOpen) return resolve();
      this.#socket.send(text, () => {
        this.#wakeDrained();
        resolve();
      });
    });
  }

  /**
   * Resolves when the client has read most of what it was sent; once it is leaving, when it has left. `undefined`: it has. Now and then
   * a turn of the event loop passes as well: a source that always has a next result would else let nothing else of the process run.
   */
  ready(): Promise<void> | undefined {
    const isTurn = ++this.#results % RESULTS_PER_TURN === 0;
    return !isTurn && this.isOpen && !this.#isBehind ? undefined : this.#untilReady(isTurn);
  }

  async #untilReady(isTurn: boolean): Promise<void> {
    if (isTurn) await setImmediate();
    while (this.isOpen && this.#isBehind) {
      await new Promise<void>((resolve) => this.#drained.add(resolve));
    }
    if (!this.isOpen) await this.#closed.promise;
  }

  /** As the protocol closes: with its code, but a reason of ours, since its own quotes what the client sent. */
  close(code?: number): void {
    this.closeWith(isCloseCode(code) ? code : 4500);
  }

  /** Ends the operations and starts the closing handshake. */
  closeWith(code: CloseCode, reason: string = CLOSE_REASONS[code]): void {
    this.#endStreams();
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  onMessage(callback: (text: string) => Promise<void>): void {
    this.#socket.on('message', (data, isBinary) => {
      this.#hear();
      if (!this.isOpen) return; // what comes after the closing handshake has begun is not begun any more
      if (isBinary) return this.closeWith(4400);
      callback(toText(data)).catch((err: unknown) => {
        // What the protocol throws here is a message that only servers send; answers of operations never throw.
        this.#log.debug({ err }, 'a websocket message was refused');
        this.closeWith(4400);
      });
    });
  }

  onceClosed(callback: (code: number, reason: string) => void): void {
    this.#socket.once('close', (code, reason) => callback(code, reason.toString()));
  }

  /** Ends a socket that has sent nothing since it was pinged, pings any other. */
  checkAlive(): void {
    if (!this.#isAlive) return this.terminate();
    this.#isAlive = false;
    if (this.isOpen) this.#socket.ping();
  }

  /** The client has sent something, whatever it is. */
  #hear(): void {
    this.#isAlive = true;
    this.#pace.count();
  }

  #pong(data: Buffer): void {
    this.#hear();
    this.#socket.pong(data, false, () => this.#wakeDrained());
  }

  get isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN;
  }

  get #isBehind(): boolean {
    return this.#socket.bufferedAmount > this.#limits.bufferedBytes;
  }

  #wakeDrained(): void {
    if (this.#isBehind || this.#drained.size === 0) return;
    const waiting = this.#drained;
    this.#drained = new Set();
    for (const wake of waiting) wake();
  }

  #endStreams(): void {
    for (const stream of this.streams) void stream.return();
  }

  #onClose(): void {
    clearTimeout(this.#initDeadline);
    this.#pace[Symbol.dispose]();
    this.#letGo();
    this.#endStreams();
    this.#closed.resolve();
    for (const wake of this.#drained) wake();
  }
}

function toText(data: RawData): string {
  // Text messages come whole, as one Buffer: the server leaves binaryType as it is.
  return String(data);
}
