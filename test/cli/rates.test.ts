import { beforeAll, describe, expect, it } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { kontorHere } from './run-here.ts';
import { makeFolder } from './run-kontor.ts';

const GOOD = 'Date,From,To,Rate\n2026-11-20,USD,EUR,0.9\n2026-11-23,USD,EUR,0.91\n2026-11-20,EUR,CHF,0.95\n';
const GERMAN = 'date;from;to;rate;source\n20.11.2026;USD;EUR;0,92;ECB\n24.11.2026;USD;EUR;0,93;Bank\n';
const BAD =
  'date,from,to,rate,source\n2026-13-01,USD,EUR,0.9,ECB\n2026-11-20,USD,EUR,0,ECB\n2026-11-20,Dollar,EUR,-1,ECB\n2026-11-20,USD\n';

describe('kontor rates', () => {
  let url: string;
  beforeAll(async () => {
    url = (await createTestDatabase()).url;
  });

  async function run(args: string[], files: Record<string, string> = {}) {
    return kontorHere(['rates', ...args], { cwd: await makeFolder(files), env: { DATABASE_URL: url } });
  }
  const rates = async (...args: string[]) => JSON.parse((await run(['list', '--json', ...args])).stdout).rates;

  it('imports once, corrects what is told otherwise, and shows what holds on a day', async () => {
    expect((await run(['import', 'r.csv', '--source', 'ECB'], { 'r.csv': GOOD })).stdout).toContain('3 rates are new');
    const again = await run(['import', 'r.csv', '--decimal', ',', '--date', 'dd.MM.yyyy'], { 'r.csv': GERMAN });
    expect(again.stdout).toContain('1 rate is new, 1 corrected, 0 unchanged');
    expect(await rates('--currency', 'USD', '--on', '2026-11-23')).toMatchObject([
      { on: '2026-11-23', from: 'USD', to: 'EUR', rate: '0.91' },
    ]);
    expect(await rates('--currency', 'USD', '--on', '2026-12-01')).toMatchObject([
      { on: '2026-11-24', source: 'Bank', isTooOld: false },
      { on: '2026-11-23', source: 'ECB', isTooOld: true },
    ]);
    expect((await run(['list', '--on', '2026-12-01'])).stdout).toMatch(/2026-11-23 .* ECB .* too old by then\n/);
    expect(await rates()).toMatchObject([{ rate: '0.93' }, { rate: '0.91' }, { from: 'EUR', to: 'CHF' }, { rate: '0.92' }]);
  });

  it('takes rates for several units, in texts and in cells', async () => {
    const yen = 'date;from;to;rate;per;source\n20.10.2026;JPY;EUR;0,6145;100;ECB\n20.10.2026;GBP;EUR;1,15;;ECB\n';
    const taken = await run(['import', 'y.csv', '--decimal', ',', '--date', 'dd.MM.yyyy'], { 'y.csv': yen });
    expect(taken.stdout).toContain('2 rates are new');
    expect(await rates('--currency', 'JPY')).toMatchObject([{ from: 'JPY', to: 'EUR', rate: '0.006145' }]);
    expect(await rates('--currency', 'GBP')).toMatchObject([{ rate: '1.15' }]);
  });

  it('tells every bad row with its cure, and takes none of the file', async () => {
    const before = await rates();
    const { code, stderr } = await run(['import', 'bad.csv'], { 'bad.csv': BAD });
    expect(code).not.toBe(0);
    expect(stderr).toContain('bad.csv, row 2, column "date": "2026-13-01" is not a date');
    expect(stderr).toContain('row 3, column "rate": a rate of zero would make everything free; give the rate, or leave the row out');
    expect(stderr).toContain('row 4, column "from": "Dollar" is no currency');
    expect([...stderr.matchAll(/, row (\d)/g)].map(([, row]) => row)).toEqual(['2', '3', '4', '4', '5']);
    expect(stderr).toContain('row 4, column "rate": -1 is less than zero; correct its sign');
    expect(await rates()).toEqual(before);
    expect((await run(['import', 'x.csv'], { 'x.csv': 'day,from,to,rate\n2026-11-20,USD,EUR,1\n' })).stderr).toContain('no column date');
    const nameless = await run(['import', 'r.csv', '--source', ' '], { 'r.csv': GOOD });
    expect(nameless).toMatchObject({ code: 2, stderr: expect.stringContaining('it must say something') });
    expect((await run(['import', 'none.csv'])).stderr).toContain('there is no such file');
  });
});
