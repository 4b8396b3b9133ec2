// The model of the benches: answers of BENCH_TOKENS tokens, as fast as they are read.
import { startScriptedModel } from '../_util/scripted-model.ts';

const model = await startScriptedModel({
  tokens: Number(process.env['BENCH_TOKENS']),
  intervalMs: Number(process.env['BENCH_INTERVAL_MS'] ?? 0),
});
console.log(`ready ${model.baseUrl}`);
