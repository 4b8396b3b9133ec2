// The long form of the fuzzer: `npm run fuzz -- --minutes N [--seed S]`. Exits with 1 when an answer is not what the oracle says.
import { parseArgs } from 'node:util';

import { fuzz, type FuzzCounts, noCounts } from './fuzz.ts';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
const SCHEMAS_AT_ONCE = 200;
const until = performance.now() + readNumber('minutes', values.minutes) * 60_000;
let seed = readNumber('seed', values.seed);
const counts = noCounts();
print(`seed ${seed}, ${values.minutes} minutes`);
while (performance.now() < until) {
  const found = await fuzz({ seed, schemas: SCHEMAS_AT_ONCE }, counts);
  if (found !== null) {
    print(found);
    process.exitCode = 1;
    break;
  }
  seed += 1;
  print(toLine(counts));
}

function toLine({ schemas, operations, invalid, decisions, denials, leaks }: FuzzCounts): string {
  return `${schemas} schemas, ${operations - invalid} operations, ${decisions} decisions, ${denials} denials, ${leaks} leaks`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function readNumber(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 0) throw new TypeError(`--${name} ${text} is not a number.`);
  return value;
}
