/**
 * `npm run bench:http`: what a pull over HTTP costs beside a bare loop that fetches the same pages and throws them away. The
 * server answers a page of 500 customers after 100 ms, which is quick for an ERP, and then more slowly: what a pull adds does
 * not grow with the time the system takes, so the slower the system, the nearer the ratio is to 1. The bound holds for the quickest.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openEmbedded } from '../src/store/embedded/open-embedded.ts';
import { row, seconds } from './report.ts';
import { median, runScript, Scene } from './scene.ts';
import { scratchFolder } from './scratch.ts';

const PAGE_SIZE = 500;
const BOUND = 1.2;
const { values } = parseArgs({
  options: { rows: { type: 'string', default: '20000' }, paces: { type: 'string', default: '5000,2000,1000' } },
});
const rows = Number(values.rows);
/** Records a second. */
const paces = values.paces.split(',').map(Number);
const folder = await scratchFolder();
const postgres = await openEmbedded(path.join(folder, 'database'));

interface Measured {
  readonly bareMs: number;
  readonly firstMs: number;
  readonly sameMs: number;
}

try {
  const measured: Measured[] = [];
  for (const [at, pace] of paces.entries()) measured.push(await measure(pace, at === 0 ? 3 : 1));
  console.log(`${rows} customers in pages of ${PAGE_SIZE}; medians of 3 at ${paces[0]} records a second, the others once\n`);
  console.log('| what | took | beside | took | ratio | bound | |\n| --- | ---: | --- | ---: | ---: | ---: | --- |');
  for (const [at, { bareMs, firstMs, sameMs }] of measured.entries()) {
    for (const [what, ms] of [
      ['first import over HTTP', firstMs],
      ['full pull over HTTP, nothing changed', sameMs],
    ] as const) {
      const ratio = ms / bareMs;
      const beside = `a bare loop over the same pages, ${paces[at]} records a second`;
      const [bound, isMet] = at === 0 ? [`at most ${BOUND}`, ratio <= BOUND] : ['', null];
      console.log(row(what, seconds(ms), beside, seconds(bareMs), ratio.toFixed(2), bound, isMet));
    }
  }
} finally {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(pace: number, rounds: number): Promise<Measured> {
  const latencyMs = (1_000 * PAGE_SIZE) / pace;
  const server = fork(fileURLToPath(new URL('./paged-server.js', import.meta.url)), [String(rows), String(latencyMs)], { silent: true });
  try {
    if (!server.stdout) throw new Error('the server has no output');
    const url = `http://127.0.0.1:${String((await once(server.stdout, 'data'))[0]).trim()}/odata`;
    const all: Measured[] = [];
    for (let round = 1; round <= rounds; round++) {
      process.stderr.write(`${pace} records a second, round ${round}\n`);
      const bareMs = (await runScript('bare-loop.js', url, String(rows), String(PAGE_SIZE))).ms;
      const scene = await Scene.open(postgres.url, `http_${pace}_${round}`, folder, configFor(url));
      try {
        all.push({ bareMs, firstMs: await scene.pullNow(), sameMs: await scene.pullNow() });
      } finally {
        await scene.close();
      }
    }
    const middle = (of: (one: Measured) => number) => median(all.map(of));
    return { bareMs: middle((m) => m.bareMs), firstMs: middle((m) => m.firstMs), sameMs: middle((m) => m.sameMs) };
  } finally {
    server.disconnect();
  }
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
