import { type IncomingHttpHeaders } from 'node:http';

/** What the client asked, as it was at that moment: deep copies. */
export interface RecordedRequest {
  /** Its place in `requests`, from 0. */
  readonly index: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: RecordedBody;
}

/** The members of a Chat Completions request that tests look at; any other is there too. */
export interface RecordedBody {
  readonly model: string;
  readonly stream?: boolean;
  readonly stream_options?: { readonly include_usage?: boolean };
  readonly messages: readonly RecordedMessage[];
  readonly tools?: readonly {
    readonly type: string;
    readonly function: { readonly name: string; readonly description?: string; readonly parameters?: object };
  }[];
  readonly [member: string]: unknown;
}

export interface RecordedMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content: string | null;
  readonly tool_calls?: readonly {
    readonly id: string;
    readonly type: string;
    readonly function: { readonly name: string; readonly arguments: string };
  }[];
  readonly tool_call_id?: string;
}
