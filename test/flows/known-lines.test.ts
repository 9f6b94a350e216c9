/** Pulls that know lines again, beside pulls of the same files that parse every line (comments switch that off): nothing may differ. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/store/runs.ts';
import { type Customers, customers } from './pull-setup.ts';

/** Named by the settings, so that lines are known from the first on. */
const HEADER = ['No', 'Name', 'Parent', 'Limit'];
const COMMENT = '~~~';

async function puller(read: object): Promise<Customers> {
  const made = await customers();
  const account = made.context.settings.connections.get('sheets')?.entities[0];
  Object.assign(account ?? {}, { read: { files: ['accounts*.csv'], header: HEADER, ...read } });
  return made;
}

/** All a person could see of a pull. */
async function seen({ accounts, rows }: Customers, { outcome, counts, notices, error }: Run) {
  return {
    run: { outcome, counts, notices, error },
    accounts: await accounts(),
    quarantine: await rows(
      `select external_id, origin, problems, payload, state from quarantine order by origin ->> 'file', (origin ->> 'row')::int, external_id, state`,
    ),
    changes: await rows(
      'select l.external_id, c.kind, c.old, c.new from changes c join links l using (local_id) order by c.run_id, l.external_id',
    ),
    held: await rows('select key, fingerprint, refs, draft from source_records order by key'),
    stages: await rows(`select count(*)::int as n from pg_tables where schemaname = 'stage'`),
  };
}

const forget = ({ db }: Customers) =>
  db.raw(
    'truncate sources, runs, run_batches, links, source_records, pending_references, changes, events, quarantine, accounts restart identity cascade',
  );

/** No two of them say the same with other quotes: told by its text, such a record is another one than told by its cells. */
const LINES = [
  'A,Alpha,,1', 'A,Alpha,,2', 'a,Alpha,,1', 'A,"Al, pha",,1', 'B,Beta,A,1', 'B,Beta,C,1', 'C,Gamma,A,1', 'C,Gamma,B,1', 'D,"De, lta",,', 'D,"De\nA,Alpha,,1\nlta",,',
  'E,"E ""E""",A,7', 'F,Füll,,\r', 'F,Füll,,', 'G,Golf,,x', 'H,Hotel', 'H,Hotel,,,,8', ',Nobody,,1', '', 'I,"In"dia,,1', 'J,Ju"liet,,1', '"K,Kilo,,1\n",x,,',
]; // biome-ignore format: a table
const GOOD = Array.from({ length: 40 }, (_, i) => `Z${i},Zulu ${i},${i % 2 ? 'A' : ''},${i}`);

const version = fc
  .tuple(fc.array(fc.constantFrom(...LINES), { maxLength: 14 }), fc.shuffledSubarray(GOOD, { minLength: 36 }), fc.boolean())
  .chain(([odd, good, ends]) =>
    fc.shuffledSubarray([...odd, ...good], { minLength: odd.length + good.length }).map((lines) => lines.join('\n') + (ends ? '\n' : '')),
  );

describe('a pull that knows lines', () => {
  it('ends as one that parses every line: outcome, counts, profiles, changes, quarantine with its rows', async () => {
    const [knowing, parsing] = [await puller({}), await puller({ comment: COMMENT })];
    const pullText = async (one: Customers, text: string) => {
      await one.write('accounts.csv', [text]);
      return seen(one, await one.pull('account', 'full'));
    };
    await fc.assert(
      fc.asyncProperty(fc.array(version, { minLength: 2, maxLength: 2 }), async (versions) => {
        await Promise.all([forget(knowing), forget(parsing)]);
        for (const text of versions) {
          const [known, parsed] = await Promise.all([pullText(knowing, text), pullText(parsing, text)]);
          expect(known).toEqual(parsed);
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  });

  it('takes known records for seen: they contradict, repeat and heal like parsed ones', async () => {
    const one = await puller({});
    await one.write('accounts.csv', [...GOOD, 'Z7,Another Zulu,,x']);
    expect((await one.pull('account', 'full')).counts).toMatchObject({ created: 40, quarantined: 1 });
    await one.write('accounts.csv', GOOD);
    expect((await one.pull('account', 'full')).counts).toMatchObject({ read: 40, unchanged: 40, healed: 1 });
    await one.write('accounts.csv', [...GOOD, 'Z7,Another Zulu,,1', ...GOOD.slice(8, 10)]);
    expect((await one.pull('account', 'full')).counts).toMatchObject({ read: 43, changed: 0, unchanged: 40, repeated: 2, quarantined: 1 });
    expect((await one.accounts()).Z7?.name).toBe('Zulu 7');
  });

  it('knows nothing again after the mapping has changed', async () => {
    const one = await puller({});
    await one.write('accounts.csv', GOOD);
    await one.pull('account', 'full');
    const account = one.context.settings.connections.get('sheets')?.entities[0];
    Object.assign(account ?? {}, { mapping: { ...account?.mapping, name: { column: 'Name', transform: ['upper'] } } });
    expect((await one.pull('account', 'full')).counts).toMatchObject({ read: 40, changed: 40, unchanged: 0 });
    expect((await one.accounts()).Z7?.name).toBe('ZULU 7');
  });

  it.each([
    ['header', { header: ['No', 'Other', 'Name', 'Limit'] }],
    ['delimiter', { delimiter: ';', header: ['Name', 'No'] }],
    ['way with short rows', { header: [...HEADER, 'More'], ragged: 'tolerate' }],
  ])('knows nothing again when the file is read with another %s', async (_, read: object) => {
    const one = await puller({});
    await one.write('accounts.csv', ['A,,Name of A,1', ...GOOD.map((line) => line.replace(',,', ',Z0,'))]);
    await one.pull('account', 'full');
    const account = one.context.settings.connections.get('sheets')?.entities[0];
    Object.assign(account ?? {}, { read: { files: ['accounts*.csv'], ...read } });
    const [again, afresh] = [await one.pull('account', 'full'), await puller(read)];
    await afresh.write('accounts.csv', ['A,,Name of A,1', ...GOOD.map((line) => line.replace(',,', ',Z0,'))]);
    const { counts } = await afresh.pull('account', 'full');
    expect(again.counts.quarantined).toBe(counts.quarantined);
    expect(again.counts.read).toBe(counts.read);
  });

  it('reads everything anew when what it knew is not held', async () => {
    const one = await puller({});
    await one.write('accounts.csv', GOOD);
    await one.pull('account', 'full');
    const digests = () => one.rows('select key, content_digest from source_records order by key');
    const before = await digests();
    // As if the first half of the line's digest were that of another record.
    await one.db.raw(
      `update source_records set content_digest = (left(content_digest::text, 24) || translate(right(content_digest::text, 12), '0123456789', '1234567890'))::uuid where key = 'z7'`,
    );
    expect(await digests()).not.toEqual(before);
    const run = await one.pull('account', 'full');
    expect(run).toMatchObject({ outcome: 'complete', counts: { read: 40, unchanged: 40, created: 0, changed: 0 } });
    expect(await digests()).toEqual(before);
  });
});
