/**
 * `npm run bench`: what a pull costs beside doing less, as ratios measured in one run on one machine. The worker is the
 * real one (`kontor worker`), the database an embedded PostgreSQL of its own. `-- --rows 50000` for a quick look; `-- --jobs 500000`
 * gives each of so many records a job of its own instead of extrapolating from fewer.
 */
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { openEmbedded } from '../src/store/embedded/open-embedded.ts';
import { writeCustomers } from './customers-file.ts';
import { drawReport, type Measures } from './report.ts';
import { median, runScript, Scene } from './scene.ts';
import { scratchFolder } from './scratch.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '500000' }, jobs: { type: 'string', default: '100000' } } });
const rows = Number(values.rows);
const jobs = Math.min(rows, Number(values.jobs));
const folder = await scratchFolder();
const say = (text: string) => process.stderr.write(`${text}\n`);
const postgres = await openEmbedded(path.join(folder, 'database'));
try {
  say(`writing ${rows} and ${4 * rows} customers to ${folder}`);
  const plain = path.join(folder, 'plain.csv');
  const changed = path.join(folder, 'changed.csv');
  const large = path.join(folder, 'large.csv');
  await writeCustomers(plain, rows);
  await writeCustomers(changed, rows, 100);
  await writeCustomers(large, 4 * rows);

  const floorMs: number[] = [];
  const firstMs: number[] = [];
  const arraysMs: number[] = [];
  const objectsMs: number[] = [];
  const sameMs: number[] = [];
  const onePercentMs: number[] = [];
  const memoryMb: number[] = [];
  let untouchedMs = 0;
  for (let round = 1; round <= 2; round++) {
    say(`round ${round}: the floor`);
    floorMs.push((await runScript('floor.js', plain, await Scene.freshDatabase(postgres.url, `floor_${round}`))).ms);
    say(`round ${round}: first import`);
    const scene = await Scene.open(postgres.url, `pull_${round}`, folder);
    try {
      firstMs.push(await scene.pull(plain));
      for (let turn = 1; turn <= 2; turn++) {
        say(`round ${round}: nothing changed, one percent changed, csv-parse alone (${turn})`);
        arraysMs.push((await runScript('csv-parse-alone.js', plain, 'arrays')).ms);
        sameMs.push(await scene.pull(plain));
        objectsMs.push((await runScript('csv-parse-alone.js', plain, 'objects')).ms);
        onePercentMs.push(await scene.pull(changed));
        await scene.pull(plain);
      }
      untouchedMs = await scene.pull(plain, { full: false });
      memoryMb.push(await scene.peakMemoryMb());
    } finally {
      await scene.close();
    }
  }

  say(`first import of ${4 * rows}`);
  const scene = await Scene.open(postgres.url, 'pull_large', folder);
  let largeMs: number;
  let largeMemoryMb: number;
  try {
    largeMs = await scene.pull(large);
    largeMemoryMb = await scene.peakMemoryMb();
  } finally {
    await scene.close();
  }

  say('one job and one upsert per record');
  const perRecord = await runScript('per-record.js', plain, await Scene.freshDatabase(postgres.url, 'per_record'), String(jobs));

  const measures: Measures = {
    rows,
    floorMs: median(floorMs),
    firstMs: median(firstMs),
    arraysMs: median(arraysMs),
    objectsMs: median(objectsMs),
    sameMs: median(sameMs),
    onePercentMs: median(onePercentMs),
    untouchedMs,
    memoryMb: Math.max(...memoryMb),
    largeMs,
    largeMemoryMb,
    perRecordMs: (perRecord.ms / jobs) * rows,
    perRecordJobs: jobs,
  };
  for (const line of drawReport(measures)) console.log(line);
} finally {
  await postgres.close();
  await rm(folder, { recursive: true, force: true });
}
