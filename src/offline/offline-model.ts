import { randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import type { FixtureResponse } from '@copilotkit/aimock';
import { type ChatRequest, readConversation } from './conversation.ts';
import { type OfflineAnswer, answerOffline } from './offline-answer.ts';

/** The name that stands in place of a model's wherever one is shown. */
export const OFFLINE_MODEL = 'offline model';

/** An endpoint that speaks OpenAI's Chat Completions protocol, on loopback. */
export interface OfflineModel {
  readonly baseUrl: string;
  /** Made anew at each start: nobody else on the machine can use the endpoint. */
  readonly apiKey: string;
  /** Breaks off what is being answered and frees the port. */
  stop(): Promise<void>;
}

/** Starts the offline model in this process, on a free port. `wordMs` is the pause between two words; default 40. */
export async function startOfflineModel({
  wordMs = 40,
}: { readonly wordMs?: number } = {}): Promise<OfflineModel> {
  // Loaded when it is needed: it is large, and a server with a real model goes without it.
  const { createServer } = await import('@copilotkit/aimock');
  const apiKey = randomBytes(24).toString('base64url');
  const fixture = {
    match: { endpoint: 'chat' as const },
    response: (request: ChatRequest): FixtureResponse => toResponse(request),
    // The pieces are cut already.
    chunkSize: Number.MAX_SAFE_INTEGER,
    ...(wordMs === 0 ? {} : { streamingProfile: { ttft: 1, tps: 1000 / wordMs } }),
  };
  const { server, url } = await createServer([fixture], {
    host: '127.0.0.1',
    port: 0,
    auth: { apiKeys: [apiKey] },
    // It keeps requests for tests to look at. Zero would keep them all.
    journalMaxEntries: 1,
  });
  endAbandonedAnswers(server);
  return { baseUrl: `${url}/v1`, apiKey, stop: () => stop(server) };
}

/** An answer whose reader has gone is ended, so that no timer goes on writing it word by word. */
function endAbandonedAnswers(server: Server): void {
  server.on('request', (_request, response) => {
    response.once('close', () => response.end());
  });
}

async function stop(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

function toResponse(request: ChatRequest): FixtureResponse {
  const answer = answerOffline(readConversation(request));
  return { blocks: toBlocks(answer), usage: countUsage(request, answer) };
}

type Block = { type: 'text'; text: string } | { type: 'toolCall'; name: string; arguments: string };

/** A block is a piece of the stream: a word with the space behind it, or a whole call. */
function toBlocks(answer: OfflineAnswer): Block[] {
  if (answer.type === 'call') {
    const { name, arguments: args } = answer.call;
    return [{ type: 'toolCall', name, arguments: JSON.stringify(args) }];
  }
  return answer.text.split(/(?<=\s)(?=\S)/).map((text) => ({ type: 'text', text }));
}

/** Four characters a token, as a rule of thumb has it. */
function countUsage({ messages, tools }: ChatRequest, answer: OfflineAnswer) {
  const said = JSON.stringify([messages, tools ?? []]).length;
  const told = answer.type === 'text' ? answer.text.length : JSON.stringify(answer.call).length;
  return { prompt_tokens: Math.ceil(said / 4), completion_tokens: Math.ceil(told / 4) };
}
