import { describe, expect, it } from 'vitest';

import { AnswerFrames } from '../../src/run/answer-frames.ts';
import { MAX_FRAME_BYTES } from '../../src/run/model-limits.ts';

/** A body in pieces, which are given one at a time, as they are asked for. */
function bodyOf(...pieces: readonly (string | Uint8Array)[]): {
  readonly body: ReadableStream<Uint8Array>;
  readonly asked: () => number;
  readonly isCancelled: () => boolean;
} {
  let asked = 0;
  let isCancelled = false;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const piece = pieces[asked];
        asked += 1;
        if (piece === undefined) controller.close();
        else controller.enqueue(typeof piece === 'string' ? new TextEncoder().encode(piece) : piece);
      },
      cancel() {
        isCancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { body, asked: () => asked, isCancelled: () => isCancelled };
}

/** What each read gives, to the end. */
async function readAll(frames: AnswerFrames): Promise<(readonly string[])[]> {
  const reads: (readonly string[])[] = [];
  for (let read = await frames.read(); read !== null; read = await frames.read()) reads.push(read);
  return reads;
}

describe('frames', () => {
  it.each<[string, readonly (string | Uint8Array)[], readonly (readonly string[])[], boolean]>([
    ['of a piece come together', ['data: 1\n\ndata: 2\n\n'], [['1', '2'], []], false],
    ['come when they are complete', ['data: {"a"', ':1}\n', '\n'], [[], [], ['{"a":1}'], []], false],
    ['end with [DONE]', ['data: 1\n\n', 'data: [DONE]\n\n', 'data: 2\n\n'], [['1'], []], true],
    ['after [DONE] in one piece are dropped', ['data: 1\n\ndata: [DONE]\n\ndata: 2\n\n'], [['1']], true],
    [
      'may have lines that end otherwise',
      ['data: 1\r\n\r\ndata: 2\r\rdata: 3\n\n'],
      [['1', '2', '3'], []],
      false,
    ],
    ['may lack the last empty line', ['data: 1'], [[], ['1']], false],
    ['may be in several lines', ['data: {\ndata: }\n\n'], [['{\n}'], []], false],
    ['stand between comments', [': alive\n\ndata: 1\n\n: alive\n\n'], [['1'], []], false],
    ['may begin with a mark of the byte order', ['\u{feff}data: 1\n\n'], [['1'], []], false],
    [
      'may be cut inside a character',
      [...new TextEncoder().encode('data: "é😀"\n\n')].map((byte) => Uint8Array.of(byte)),
      [...Array.from({ length: 15 }, () => []), ['"é😀"'], []],
      false,
    ],
    ['of an empty body are none', [], [[]], false],
  ])('%s', async (_, pieces, reads, isDone) => {
    const frames = new AnswerFrames(bodyOf(...pieces).body);
    expect((await readAll(frames)).slice(0, reads.length)).toEqual(reads);
    expect(frames.hasSeenDone).toBe(isDone);
  });

  it('are not read before they are asked for', async () => {
    const { body, asked } = bodyOf('data: 1\n\n', 'data: 2\n\n');
    const frames = new AnswerFrames(body);
    expect(asked()).toBe(0);
    await frames.read();
    expect(asked()).toBe(1);
  });
});

describe('an event that reports an error', () => {
  it('is thrown after what came before it, in one piece', async () => {
    const frames = new AnswerFrames(
      bodyOf('data: 1\n\nevent: error\ndata: {"message":"full"}\n\ndata: 2\n\n').body,
    );
    expect(await frames.read()).toEqual(['1']);
    await expect(frames.read()).rejects.toMatchObject({ code: 'MODEL_ERROR' });
  });

  it('in the last piece of a body without an empty line is not lost', async () => {
    const frames = new AnswerFrames(bodyOf('data: 1\n\nevent: error\ndata: {"message":"full"}').body);
    expect(await frames.read()).toEqual(['1']);
    expect(await frames.read()).toEqual([]);
    await expect(frames.read()).rejects.toMatchObject({ code: 'MODEL_ERROR' });
  });
});

describe('what is no stream', () => {
  it('is not read to its end', async () => {
    const { body, asked } = bodyOf(...Array.from({ length: 5000 }, () => 'strange\n'));
    await expect(readAll(new AnswerFrames(body))).rejects.toMatchObject({ code: 'MODEL_ERROR' });
    expect(asked()).toBe(1001);
  });

  it('is known by how it begins', async () => {
    const frames = new AnswerFrames(bodyOf(`{"error": "${'x'.repeat(3000)}"}`).body);
    await readAll(frames);
    expect(frames.head).toMatch(/^\{"error": "x+$/);
    expect(frames.head).toHaveLength(2000);
  });

  it('may not grow without a frame', async () => {
    const megabyte = new Uint8Array(1_048_576).fill(120);
    const pieces = Array.from({ length: MAX_FRAME_BYTES / megabyte.byteLength + 2 }, () => megabyte);
    await expect(readAll(new AnswerFrames(bodyOf('data: ', ...pieces).body))).rejects.toMatchObject({
      code: 'MODEL_ERROR',
    });
  });
});

describe('leaving', () => {
  it('an answer that goes on aborts it', async () => {
    const { body, isCancelled } = bodyOf('data: 1\n\n', 'data: 2\n\n');
    const frames = new AnswerFrames(body);
    await frames.read();
    frames.leave();
    expect(isCancelled()).toBe(true);
  });

  it('after [DONE] reads a body that ends at once to its end', async () => {
    const { body, asked, isCancelled } = bodyOf('data: [DONE]\n\n');
    const frames = new AnswerFrames(body);
    await frames.read();
    frames.leave();
    await expect.poll(asked).toBe(2);
    expect(isCancelled()).toBe(false);
  });
});
