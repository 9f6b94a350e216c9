import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadRun, requestRun } from '../../src/store/runs.ts';
import { executeRun } from '../../src/sync/execute-run.ts';
import { waitFor } from '../support/wait.ts';
import { type Customers, customers } from './pull-setup.ts';
import { standstillWhen } from './standstill.ts';

const ROWS = 90_000;
const HEADER = 'No,Name,Parent,Limit';

/** Children stand far above their parents, and two rows are bad. */
function lines(): string[] {
  const rows = Array.from(
    { length: ROWS },
    (_, i) => `C-${i},Company ${i},${i % 3 === 0 ? '' : `C-${ROWS - 1 - ((ROWS - 1) % 3) - 3 * (i % 1000)}`},${i}`,
  );
  rows[500] = 'C-500,Company 500,,not money';
  rows[70_000] = ',No key,,1';
  return [HEADER, ...rows.map((row, i) => (i % 3 === 0 ? row.replace(/,C-\d+,/, ',,') : row))];
}

function startPuller({ context, db }: Customers, runId: string): ChildProcess {
  const url = db.client.config.connection.connectionString;
  const { baseFolder, connections } = context.settings;
  const lent = JSON.stringify({ baseFolder, connection: connections.get('sheets') });
  return spawn(process.execPath, [path.join(import.meta.dirname, 'fixtures/puller.js'), url, lent, runId], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Pages were committed, and the next ones wait for their commit. */
const READING = `new.state = 'reading' and old.staged > 0 and new.staged > old.staged`;
const READ_HALF = `${READING} and new.staged > ${ROWS / 2}`;
/** A batch was applied, and another one waits for its commit. */
const APPLYING = `new.progress ->> 'phase' = 'applying' and old.progress ->> 'phase' = 'applying' and (old.progress ->> 'done')::int > 0`;

async function killWhen(told: Customers, runId: string, when: string): Promise<void> {
  const standstill = await standstillWhen(told.db, when);
  const puller = startPuller(told, runId);
  await standstill.reached();
  puller.kill('SIGKILL');
  await once(puller, 'exit');
  await standstill.letGo();
  // The dead process's lease runs out by itself; the test does not wait for it.
  await told.db.raw(`update leases set expires_at = clock_timestamp() - interval '1 second'`);
}

async function everythingOnce({ rows }: Customers): Promise<void> {
  expect(
    await rows(`select (select count(*)::int from accounts) as accounts, (select count(*)::int from links) as links,
      (select count(*)::int from source_records) as records, (select count(*)::int from changes) as changes, (select count(*)::int from events) as events,
      (select count(distinct local_id)::int from changes) as changed, (select count(*)::int from accounts where parent_id is null) as roots,
      (select count(*)::int from quarantine) as bad, (select count(*)::int from pg_tables where schemaname = 'stage') as stages`),
  ).toEqual([
    {
      accounts: ROWS - 2,
      links: ROWS - 2,
      records: ROWS - 2,
      changes: ROWS - 2,
      events: ROWS - 2,
      changed: ROWS - 2,
      roots: ROWS / 3,
      bad: 2,
      stages: 0,
    },
  ]);
}

describe('a pull that is killed', () => {
  it('goes on where it stood, with nothing lost and nothing applied twice, however often it dies', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());

    await killWhen(told, runId, READING);
    await killWhen(told, runId, READ_HALF);
    await killWhen(told, runId, APPLYING);
    const halfway = await loadRun(told.db, runId);
    expect(halfway?.state).toBe('applying');
    const run = await executeRun(told.context, runId);

    expect(run).toMatchObject({ outcome: 'complete', counts: { read: ROWS, created: ROWS - 2, quarantined: 2 } });
    await everythingOnce(told);
  });

  it('reads again from the start when the crash of PostgreSQL emptied its stage', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    await killWhen(told, runId, READING);
    await told.db.raw(`truncate stage.keys_${runId}, stage.drafts_${runId}, stage.bad_${runId}`);

    const run = await executeRun(told.context, runId);

    expect(run).toMatchObject({ outcome: 'complete', counts: { read: ROWS, created: ROWS - 2 } });
    await everythingOnce(told);
  });

  it('plans its batches anew when PostgreSQL crashed while it applied, and applies the rest', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    await killWhen(told, runId, APPLYING);
    expect((await loadRun(told.db, runId))?.state).toBe('applying');
    await told.db.raw(`truncate stage.keys_${runId}, stage.drafts_${runId}, stage.bad_${runId}`);

    expect(await executeRun(told.context, runId)).toMatchObject({ outcome: 'complete' });
    await everythingOnce(told);
    expect(await told.rows('select * from run_batches')).toEqual([]);
  });

  it('reads anew when the file it was killed in has been replaced', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    await killWhen(told, runId, READING);
    await told.write('accounts.csv', [HEADER, 'C-1,The only one,,1']);

    const run = await executeRun(told.context, runId);

    expect(run).toMatchObject({ outcome: 'complete', counts: { read: 1, created: 1, quarantined: 0 } });
    expect(Object.keys(await told.accounts())).toEqual(['C-1']);
  });

  it('calls for another try when its connections are cut, and goes on from its last commit', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    const standstill = await standstillWhen(told.db, READING);
    const broken = executeRun(told.context, runId).catch((error: unknown) => error);
    await standstill.reached();
    await standstill.cutOthers();

    expect(await broken).toMatchObject({ name: 'RetryLaterError' });
    await standstill.letGo();
    await waitFor(() =>
      told.db.raw(`update leases set expires_at = clock_timestamp() - interval '1 second'`).then(
        () => true,
        () => false,
      ),
    );
    expect(await executeRun(told.context, runId)).toMatchObject({ outcome: 'complete', counts: { read: ROWS, created: ROWS - 2 } });
    await everythingOnce(told);
  });

  it('forgets no record that it had only seen as known, when it dies in the middle of them', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    await told.pull();
    // Known and changed lines by turns, so that every page holds both.
    const changed = (row: number) => row > 0 && row % 40 < 20;
    await told.write('accounts.csv', [
      ...lines().map((line, row) => (changed(row) ? line.replace('Company', 'Firm') : line)),
      'C-299,Contradicts a known line,,1',
    ]);
    const renamed = lines().filter((line, row) => changed(row) && line.includes('Company') && !line.includes('not money')).length;
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'full', trigger: 'test' }, new Date());

    await killWhen(told, runId, READING);
    const halfway = await loadRun(told.db, runId);
    const known = await told.rows(`select sum(cardinality(digests)) > 0 as some from stage.known_${runId}`);
    const run = await executeRun(told.context, runId);

    expect(halfway).toMatchObject({ state: 'reading' });
    expect(known).toEqual([{ some: true }]);
    expect(run).toMatchObject({
      outcome: 'complete',
      counts: { read: ROWS + 1, created: 0, changed: renamed, unchanged: ROWS - 2 - renamed, quarantined: 3, repeated: 0, healed: 0 },
    });
    expect(
      await told.rows(`select external_id, problems -> 0 ->> 'code' as code from quarantine where state = 'open' order by id desc limit 1`),
    ).toEqual([{ external_id: 'C-299', code: 'RECORD_KEY_CONFLICT' }]);
  });

  it('is left to the one who holds it, and a sleeper who wakes late writes nothing', async () => {
    const told = await customers();
    await told.write('accounts.csv', lines());
    const { runId } = await requestRun(told.db, { connection: 'sheets', entity: 'account', mode: 'delta', trigger: 'test' }, new Date());
    const [begun, reading] = [await standstillWhen(told.db, 'new.attempts > old.attempts'), await standstillWhen(told.db, READING)];
    const sleeper = startPuller(told, runId);
    await begun.reached();
    await expect(executeRun(told.context, runId)).rejects.toMatchObject({ code: 'ALREADY_RUNNING', retryAfterMs: expect.any(Number) });

    await begun.letGo();
    await reading.reached();
    sleeper.kill('SIGSTOP');
    await reading.letGo();
    // Whatever transaction it sleeps in must not keep the successor waiting for longer than the lease.
    await told.db.raw(`update leases set expires_at = clock_timestamp() - interval '1 second'`).timeout(40_000);
    const run = await executeRun(told.context, runId);
    sleeper.kill('SIGCONT');
    await once(sleeper, 'exit');

    expect(run).toMatchObject({ outcome: 'complete', counts: { read: ROWS, created: ROWS - 2 } });
    await everythingOnce(told);
  });
});
