// The least that starting a run can be: a request, one row inserted and committed, an answer. `pg` behind `node:http`; the table of
// BENCH_TABLE is there.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo } from 'node:net';

import { Pool } from 'pg';

const pool = new Pool({ connectionString: process.env['DATABASE_URL'], max: 10 });
const insert = `insert into ${process.env['BENCH_TABLE']} (id, input, created_at) values ($1, $2, $3)`;

const server = createServer(async (request, response) => {
  const { message } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { message: string };
  const id = randomUUID();
  await pool.query(insert, [id, message, new Date()]);
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ id }));
});
server.listen(0, '127.0.0.1', () => {
  console.log(`ready http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
});
