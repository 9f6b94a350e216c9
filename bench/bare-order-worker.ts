/**
 * What one would write first: a BullMQ worker that posts the body of its job with axios, and nothing else:
 * `node bare-order-worker.js ACCESS_AS_JSON QUEUE URL CONCURRENCY`. Tells its parent when it works, ends with it.
 */
import { Agent } from 'node:http';
import axios from 'axios';
import { openBackend } from '../src/queue/backend.ts';

const [, , access = '', name = '', url = '', concurrency = ''] = process.argv;
const backend = await openBackend(JSON.parse(access));
const httpAgent = new Agent({ keepAlive: true });
const worker = backend.worker(
  name,
  async (job) => {
    await axios.post(`${url}/orders`, job.data.payload, { httpAgent, timeout: 60_000 });
  },
  { concurrency: Number(concurrency) },
);
worker.on('error', (error) => process.stderr.write(`${error.message}\n`));
await worker.waitUntilReady();
// A job that was posted and not told of would be posted again by the next one.
process.on('disconnect', () => worker.close().finally(() => process.exit(0)));
process.send?.({ isReady: true });
