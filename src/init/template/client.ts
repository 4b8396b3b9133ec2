// AMBIT_TOKEN=$(npx ambit token --sub me --scope agents:run) node client.ts 'How much green tea is left?'
import { createAmbitClient } from 'ambit/client';

const url = `${process.env['AMBIT_URL'] ?? 'http://127.0.0.1:4000'}/graphql`;
const client = createAmbitClient({ url, token: process.env['AMBIT_TOKEN'] ?? '' });

const message = process.argv[2] ?? 'How much green tea is left?';
const run = client.runAgent({ agentId: 'shop-assistant', message });
for await (const event of run) if (event.__typename === 'TextDelta') process.stdout.write(event.delta);
process.stdout.write(`\n${(await run.result).status}\n`);
await client.dispose();
