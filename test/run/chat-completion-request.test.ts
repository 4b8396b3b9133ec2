import { describe, expect, test } from 'vitest';

import { toChatCompletionRequest } from '../../src/run/chat-completion-request.ts';
import { type ModelMessage, type ModelRequest } from '../../src/run/model.ts';

function request(rest: Partial<ModelRequest> = {}): ModelRequest {
  return { model: 'm', instructions: null, messages: [{ role: 'user', content: 'hi' }], tools: [], ...rest };
}

/** The call of an assistant message as it goes out. */
function sentCall(name: string, text: string): unknown {
  const message: ModelMessage = {
    role: 'assistant',
    content: '',
    toolCalls: [{ callId: 'a', name, arguments: text }],
  };
  return toChatCompletionRequest(request({ messages: [message] })).messages[0];
}

describe('toChatCompletionRequest', () => {
  test('asks for a stream with usage, and names no tools when there are none', () => {
    expect(toChatCompletionRequest(request())).toEqual({
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
      stream: true,
      stream_options: { include_usage: true },
    });
  });

  test('instructions come first, as the system message', () => {
    expect(toChatCompletionRequest(request({ instructions: 'Be kind.' })).messages[0]).toEqual({
      role: 'system',
      content: 'Be kind.',
    });
    expect(toChatCompletionRequest(request({ instructions: '' })).messages).toHaveLength(1);
  });

  test('a whole conversation keeps its order', () => {
    const messages: ModelMessage[] = [
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: 'I look.',
        toolCalls: [{ callId: 'a', name: 'f', arguments: '{"x":1}' }],
      },
      { role: 'tool', callId: 'a', content: 'sunny' },
      { role: 'assistant', content: 'Sunny.', toolCalls: [] },
    ];
    expect(toChatCompletionRequest(request({ messages })).messages).toEqual([
      { role: 'user', content: 'weather?' },
      {
        role: 'assistant',
        content: 'I look.',
        tool_calls: [{ id: 'a', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }],
      },
      { role: 'tool', tool_call_id: 'a', content: 'sunny' },
      { role: 'assistant', content: 'Sunny.' },
    ]);
  });

  test('tools carry name, description and schema', () => {
    const tool = { name: 'f', description: 'Does f.', parameters: { type: 'object' } };
    expect(toChatCompletionRequest(request({ tools: [tool] })).tools).toEqual([
      { type: 'function', function: tool },
    ]);
  });

  test.each([
    ['search', 'search'],
    ['functions.search web', 'functions_search_web'],
    ['', 'unnamed'],
    ['x'.repeat(100), 'x'.repeat(64)],
    ['wetter_für', 'wetter_f_r'],
  ])('a call of %j goes back as %j', (name, sent) => {
    expect(sentCall(name, '{}')).toMatchObject({ content: null, tool_calls: [{ function: { name: sent } }] });
  });

  test.each([
    ['{"x": 1}', '{"x": 1}'],
    ['{"x":', '{"malformed_arguments":"{\\"x\\":"}'],
    ['[1]', '{"malformed_arguments":"[1]"}'],
    ['null', '{"malformed_arguments":"null"}'],
  ])('arguments %j go back as %j', (text, sent) => {
    expect(sentCall('f', text)).toMatchObject({ tool_calls: [{ function: { arguments: sent } }] });
  });
});
