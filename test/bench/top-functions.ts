// Prints the functions of a CPU profile (`node --cpu-prof`) in which the most time was spent, and the time of each module:
// node test/bench/top-functions.ts FILE [COUNT]
import { readFileSync } from 'node:fs';

interface Profile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
  }[];
  readonly samples: readonly number[];
  /** Microseconds before each sample. */
  readonly timeDeltas: readonly number[];
}

const IDLE = new Set(['(idle)', '(program)']);
const [file = '', count = '10'] = process.argv.slice(2);
const profile = JSON.parse(readFileSync(file, 'utf8')) as Profile; // as the V8 profiler writes it
const frames = new Map(profile.nodes.map(({ id, callFrame }) => [id, callFrame]));
const byFunction = new Map<string, number>();
const byModule = new Map<string, number>();
let busy = 0;
for (const [index, id] of profile.samples.entries()) {
  const frame = frames.get(id);
  if (frame === undefined || frame.functionName === '(idle)') continue;
  const ms = (profile.timeDeltas[index] ?? 0) / 1000;
  busy += ms;
  const { functionName, url, lineNumber } = frame;
  const module = IDLE.has(functionName) || url === '' ? functionName || 'native' : toModule(url);
  add(byFunction, `${functionName || '(anonymous)'} ${toModule(url)}:${lineNumber + 1}`, ms);
  add(byModule, module, ms);
}
console.log(`busy ${busy.toFixed(0)} ms`);
print(byFunction);
console.log('');
print(byModule);

function add(sums: Map<string, number>, key: string, ms: number): void {
  sums.set(key, (sums.get(key) ?? 0) + ms);
}

function toModule(url: string): string {
  return url.replace(/^file:\/\/.*\/node_modules\//, '').replace(/^file:\/\/.*\/(?=src\/)/, '');
}

function print(sums: ReadonlyMap<string, number>): void {
  const top = [...sums].toSorted(([, a], [, b]) => b - a).slice(0, Number(count));
  for (const [name, ms] of top) console.log(`${((100 * ms) / busy).toFixed(1).padStart(5)} %  ${name}`);
}
