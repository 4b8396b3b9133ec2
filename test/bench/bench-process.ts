// One bench, named in the arguments: sends its tables to the process that started this one.
import { type BenchTable } from './bench-table.ts';

const name = process.argv[2] ?? '';
// Every bench exports `measure`, which gives its table, or several.
const bench = (await import(`./${name}.bench.ts`)) as { measure(): Promise<BenchTable | BenchTable[]> };
const tables = [await bench.measure()].flat();
process.send?.(tables, () => process.disconnect());
