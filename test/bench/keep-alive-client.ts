import { Agent, type IncomingMessage, request } from 'node:http';

/** Posts JSON to one address, over connections that stay open. */
export class KeepAliveClient implements Disposable {
  readonly #agent = new Agent({ keepAlive: true });
  readonly #url: URL;
  readonly #headers: Record<string, string>;

  constructor(url: string, headers: Record<string, string> = {}) {
    this.#url = new URL(url);
    this.#headers = { 'content-type': 'application/json', ...headers };
  }

  /** The answer's text. Throws it when the answer is no success, or has GraphQL errors in it. */
  async post(body: string): Promise<string> {
    const response = await this.#send(body);
    let text = '';
    response.setEncoding('utf8');
    for await (const part of response) text += part;
    if (response.statusCode !== 200 || text.includes('"errors":')) throw new Error(text);
    return text;
  }

  [Symbol.dispose](): void {
    this.#agent.destroy();
  }

  #send(body: string): Promise<IncomingMessage> {
    const headers = { ...this.#headers, 'content-length': Buffer.byteLength(body) };
    return new Promise((resolve, reject) => {
      request(this.#url, { method: 'POST', agent: this.#agent, headers }, resolve)
        .on('error', reject)
        .end(body);
    });
  }
}
