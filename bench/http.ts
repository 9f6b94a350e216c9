/**
 * `npm run bench:http`: what a pull over HTTP costs beside a bare loop that fetches the same pages and throws them away. The
 * server answers a page of 500 customers after 100 ms, which is quick for an ERP; the slower the system, the nearer the ratio is to 1.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEmbedded } from '../src/store/embedded/open-embedded.ts';
import { row, seconds } from './report.ts';
import { median, runScript, Scene } from './scene.ts';

const PAGE_SIZE = 500;
const { values } = parseArgs({ options: { rows: { type: 'string', default: '20000' }, latency: { type: 'string', default: '100' } } });
const rows = Number(values.rows);
const folder = await mkdtemp(path.join(tmpdir(), 'kontor-bench-'));
const postgres = await openEmbedded(path.join(folder, 'database'));
const server = fork(fileURLToPath(new URL('./paged-server.js', import.meta.url)), [values.rows, values.latency], { silent: true });
try {
  if (!server.stdout) throw new Error('the server has no output');
  const url = `http://127.0.0.1:${String((await once(server.stdout, 'data'))[0]).trim()}/odata`;
  const bareMs: number[] = [];
  const firstMs: number[] = [];
  const sameMs: number[] = [];
  for (let round = 1; round <= 3; round++) {
    process.stderr.write(`round ${round}\n`);
    bareMs.push((await runScript('bare-loop.js', url, values.rows, String(PAGE_SIZE))).ms);
    const scene = await Scene.open(postgres.url, `http_${round}`, folder, configFor(url));
    try {
      firstMs.push(await scene.pullNow());
      sameMs.push(await scene.pullNow());
    } finally {
      await scene.close();
    }
  }
  console.log(`${rows} customers, pages of ${PAGE_SIZE}, each answered after ${values.latency} ms; medians of 3\n`);
  console.log('| what | took | beside | took | ratio | bound | |\n| --- | ---: | --- | ---: | ---: | ---: | --- |');
  for (const [what, ms] of [
    ['first import over HTTP', median(firstMs)],
    ['full pull over HTTP, nothing changed', median(sameMs)],
  ] as const) {
    const ratio = ms / median(bareMs);
    console.log(
      row(what, seconds(ms), 'a bare loop over the same pages', seconds(median(bareMs)), ratio.toFixed(2), 'at most 1.2', ratio <= 1.2),
    );
  }
} finally {
  server.disconnect();
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

function configFor(url: string): string {
  return `
connections:
  big:
    connector: odata
    settings: { url: '${url}', version: 4, pageSize: ${PAGE_SIZE} }
    entities:
      account:
        read: { entitySet: Customers, key: { Id: integer }, changed: { field: ModifiedAt } }
        mapping:
          externalId: Id
          number: Number
          name: Name
          parent: ParentId
          currency: Currency
          paymentTerms: Terms
          creditLimit: CreditLimit
          balance: Balance
          taxRegistration: VatId
          email: Email
          phone: Phone
          attributes: { city: City }
`;
}
