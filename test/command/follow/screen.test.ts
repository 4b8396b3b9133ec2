import { describe, expect, it } from 'vitest';

import { Screen } from '../../../src/command/follow/screen.ts';
import type { TextStream } from '../../../src/command/follow/text-stream.ts';

/** A terminal, or what is none, as a text in which `<` stands for a carriage return. */
function createStreams({ out, err }: { out: 'terminal' | 'file'; err: 'terminal' | 'file' }) {
  const texts = { out: '', err: '', both: '' };
  const create = (name: 'out' | 'err', isTTY: boolean): TextStream => ({
    isTTY,
    columns: 20,
    hasColors: () => false,
    write(text) {
      texts[name] += text.replaceAll('\r', '<');
      texts.both += text.replaceAll('\r', '<');
    },
  });
  const streams = { out: create('out', out === 'terminal'), err: create('err', err === 'terminal') };
  return { texts, screen: new Screen(streams), streams };
}

describe('Screen', () => {
  it('on one terminal takes the line of progress away before it writes anything', () => {
    const { screen, texts } = createStreams({ out: 'terminal', err: 'terminal' });
    screen.progress('thinking');
    screen.progress('calling');
    screen.answer('1', 'Hel');
    screen.progress('answering'); // the line is being written
    screen.answer('1', 'lo.\n');
    screen.progress('a line that is longer than the terminal');
    screen.note('[tool]');
    screen.end();
    const erase = (length: number): string => `<${' '.repeat(length)}<`;
    expect(texts.both).toBe(
      `thinking${erase(8)}calling${erase(7)}Hello.\na line that is lon…${erase(19)}[tool]\n`,
    );
  });

  it('begins what is told, and each message, on a line of its own', () => {
    const { screen, texts } = createStreams({ out: 'terminal', err: 'terminal' });
    screen.reasoning('Well');
    screen.answer('1', 'One');
    screen.note('[tool]');
    screen.answer('2', 'two');
    screen.reasoning('then');
    screen.answer('3', 'three');
    screen.answer('4', 'four');
    screen.end();
    expect(texts.both).toBe('Well\nOne\n[tool]\ntwo\nthen\nthree\nfour\n');
  });

  it('writes the answer as it is to what is no terminal, and nothing else beside it', () => {
    const { screen, texts } = createStreams({ out: 'file', err: 'file' });
    screen.progress('thinking');
    screen.reasoning('Well');
    screen.answer('1', 'a\u001b[31m');
    screen.note('[tool \u001b[31m]');
    screen.aside('3 tokens');
    screen.answer('1', 'b');
    screen.end();
    expect(texts).toMatchObject({ out: 'a\u001b[31mb\n', err: '[tool \ufffd[31m]\n' });
  });

  it('shows progress on a terminal while the answer goes to a file', () => {
    const { screen, texts } = createStreams({ out: 'file', err: 'terminal' });
    screen.answer('1', 'Hello');
    screen.progress('answering');
    screen.answer('1', ' you');
    screen.end();
    expect(texts).toMatchObject({ out: 'Hello you\n', err: `answering<${' '.repeat(9)}<` });
  });

  it('lets nothing steer a terminal, and shortens to its width what may be long', () => {
    const { screen, texts } = createStreams({ out: 'terminal', err: 'terminal' });
    screen.answer('1', '\u001b]0;title\u0007\u009b2J\n');
    screen.brief(`[tool {"text":"two\n lines and more"}]`);
    expect(texts.both).toBe('\ufffd]0;title\ufffd\ufffd2J\n[tool {"text":"two …\n');
    const file = createStreams({ out: 'file', err: 'file' });
    file.screen.brief('x'.repeat(5_000));
    expect(file.texts.err).toHaveLength(1_001);
  });

  it('is dim where the terminal shows colours', () => {
    const { streams, texts } = createStreams({ out: 'terminal', err: 'terminal' });
    const screen = new Screen({ ...streams, err: { ...streams.err, hasColors: () => true } });
    screen.reasoning('Well\u001b[0m');
    screen.aside('3 tokens');
    expect(texts.err).toBe('\u001b[2mWell\ufffd[0m\u001b[22m\n\u001b[2m3 tokens\u001b[22m\n');
  });

  it('keeps away from the line of a question', () => {
    const { screen, texts } = createStreams({ out: 'terminal', err: 'terminal' });
    screen.progress('waiting');
    screen.question(true);
    screen.progress('waiting');
    screen.note('[approved]');
    expect(texts.both).toBe(`waiting<${' '.repeat(7)}<\n[approved]\n`);
  });
});
