import { type Context, context, type Span, SpanKind, trace } from '@opentelemetry/api';

import { fromTraceContext, type TraceContext } from './trace-context.ts';
import { endSpan, ownTracer } from './tracer.ts';

export interface RunFacts {
  readonly runId: string;
  readonly sessionId: string;
  readonly agent: { readonly id: string; readonly name: string };
  readonly model: string;
  /** How often the run was claimed, this time included. */
  readonly attempt: number;
  readonly nodeId: string;
  /** Of the request that started the run; `null`: that was not traced. */
  readonly parent: TraceContext | null;
}

/** What became of an attempt at a run. */
export interface RunResult {
  /** The run's status, or `HANDED_OVER`. */
  readonly status: string;
  /** A stable code; `null`: it did not fail. */
  readonly errorCode: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface ChatResult {
  readonly finishReason: string;
  /** `null`: the endpoint did not say. */
  readonly usage: { readonly inputTokens: number; readonly outputTokens: number } | null;
  readonly responseId: string | null;
  readonly responseModel: string | null;
  /** From the request to the first thing the model said. */
  readonly firstTokenMs: number | null;
}

/** The protocol that is spoken, which is OpenAI's, whoever answers: the conventions name the flavour so. */
const PROVIDER = { 'gen_ai.provider.name': 'openai' } as const;

/**
 * The span of one attempt at a run, with those of its model calls and tool calls below it, by OpenTelemetry's conventions for generative
 * AI (https://github.com/open-telemetry/semantic-conventions-genai, in development). It is a child of the request that started the run,
 * as is every later attempt, on whichever node: one message is processed, and what was asked and what became of it are one trace. A link
 * to the attempt before would name a span that a dead node never sent. What is said (messages, instructions, arguments, results) and
 * whose it is are never recorded.
 */
export class RunSpan {
  readonly #span: Span;
  readonly #context: Context;
  /** What its children tell as well. */
  readonly #common: Readonly<Record<string, string>>;

  constructor({ runId, sessionId, agent, model, attempt, nodeId, parent }: RunFacts) {
    const above = fromTraceContext(parent);
    this.#common = {
      'gen_ai.conversation.id': sessionId,
      'gen_ai.agent.id': agent.id,
      'gen_ai.agent.name': agent.name,
      'ambit.run.id': runId,
    };
    const attributes = {
      'gen_ai.operation.name': 'invoke_agent',
      ...PROVIDER,
      ...this.#common,
      'gen_ai.request.model': model,
      'ambit.run.attempt': attempt,
      'ambit.node.id': nodeId,
    };
    const options = { kind: SpanKind.INTERNAL, attributes };
    this.#span = ownTracer().startSpan(`invoke_agent ${agent.name}`, options, above);
    this.#context = trace.setSpan(above, this.#span);
  }

  /** `null`: the run is not traced. */
  get traceId(): string | null {
    return this.#span.isRecording() ? this.#span.spanContext().traceId : null;
  }

  within<TResult>(work: () => TResult): TResult {
    return context.with(this.#context, work);
  }

  end({ status, errorCode, inputTokens, outputTokens }: RunResult): void {
    endSpan(this.#span, errorCode, {
      'ambit.run.status': status,
      'gen_ai.usage.input_tokens': inputTokens,
      'gen_ai.usage.output_tokens': outputTokens,
    });
  }

  /** A model call, all its tries together. */
  chat(model: string): ChatSpan {
    const attributes = {
      'gen_ai.operation.name': 'chat',
      ...PROVIDER,
      ...this.#common,
      'gen_ai.request.model': model,
      'gen_ai.request.stream': true,
    };
    return new ChatSpan(`chat ${model}`, { kind: SpanKind.CLIENT, attributes, parent: this.#context });
  }

  /** A tool call. `callId` is ours. */
  tool({ name, callId }: { readonly name: string; readonly callId: string }): ToolSpan {
    const attributes = {
      'gen_ai.operation.name': 'execute_tool',
      ...this.#common,
      'gen_ai.tool.name': name,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': callId,
    };
    return new ToolSpan(`execute_tool ${name}`, {
      kind: SpanKind.INTERNAL,
      attributes,
      parent: this.#context,
    });
  }
}

interface ChildFacts {
  readonly kind: SpanKind;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  readonly parent: Context;
}

class ChildSpan {
  protected readonly span: Span;
  readonly #context: Context;

  constructor(name: string, { kind, attributes, parent }: ChildFacts) {
    this.span = ownTracer().startSpan(name, { kind, attributes }, parent);
    this.#context = trace.setSpan(parent, this.span);
  }

  /** What `work` and all that it calls sees as the active span: what it does over instrumented libraries goes below. */
  within<TResult>(work: () => TResult): TResult {
    return context.with(this.#context, work);
  }
}

export class ChatSpan extends ChildSpan {
  end({ finishReason, usage, responseId, responseModel, firstTokenMs }: ChatResult): void {
    endSpan(this.span, null, {
      'gen_ai.response.finish_reasons': [finishReason],
      ...(responseId !== null && { 'gen_ai.response.id': responseId }),
      ...(responseModel !== null && { 'gen_ai.response.model': responseModel }),
      ...(firstTokenMs !== null && { 'gen_ai.response.time_to_first_chunk': firstTokenMs / 1000 }),
      ...(usage !== null && {
        'gen_ai.usage.input_tokens': usage.inputTokens,
        'gen_ai.usage.output_tokens': usage.outputTokens,
      }),
    });
  }

  /** It ended without an answer. */
  fail(errorType: string): void {
    endSpan(this.span, errorType);
  }
}

export class ToolSpan extends ChildSpan {
  /** `status`: as the tool call's; what is not COMPLETED is an error of that type. */
  end(status: string): void {
    endSpan(this.span, status === 'COMPLETED' ? null : status);
  }
}
