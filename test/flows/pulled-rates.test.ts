/** Exchange rates that a connection delivers, beside those imported by hand. */
import { describe, expect, it } from 'vitest';
import type { ConnectionSettings } from '../../src/config/settings.ts';
import { importRates, listRates, loadRates } from '../../src/store/rates.ts';
import { listQuarantine } from '../../src/store/views/list-quarantine.ts';
import { customers } from './pull-setup.ts';

const HEADER = 'Id,From,To,Day,Rate,Quoted by';
const MAPPING = {
  externalId: { concat: ['From', 'To', 'Day'], with: '/' },
  fromCurrency: 'From',
  toCurrency: 'To',
  validOn: 'Day',
  rate: 'Rate',
  source: 'Quoted by',
};

async function bank(mapping: object = MAPPING) {
  const clock = { now: new Date('2026-11-23T09:00:00Z') };
  const { db, context, write, pull } = await customers({ now: () => clock.now });
  const sheets = context.settings.connections.get('sheets') as ConnectionSettings;
  const guards = { ...sheets.guards, maxRejectedShare: 1 };
  Object.assign(sheets, { entities: [{ entity: 'rate', read: { files: ['rates*.csv'] }, mapping }], guards });
  return {
    db,
    clock,
    deliver: async (rows: readonly string[], mode: 'full' | 'delta' = 'delta', file = 'rates.csv', header = HEADER) => {
      clock.now = new Date(clock.now.getTime() + 60_000);
      await write(file, [header, ...rows]);
      return pull('rate', mode);
    },
    rates: async () =>
      (await listRates(db, { limit: 100 })).map(({ from, to, on, rate, source }) => `${from}/${to} ${on} ${rate} ${source}`),
    reasons: async () =>
      (await listQuarantine(db, { limit: 100 })).records.flatMap(({ problems }) =>
        problems.map(({ field, reason }) => `${field}: ${reason}`),
      ),
  };
}

describe('a pull of rates', () => {
  it('keeps each under its pair, day and source, digit for digit, and is named as the source where none is', async () => {
    const { db, deliver, rates } = await bank();
    const run = await deliver([
      '1,USD,EUR,2026-11-20,0.92345678901234567890,ECB',
      '2,usd,EUR,2026-11-23,0.90,ECB',
      '3,GBP,EUR,2026-11-23,1.2,',
    ]);
    expect(run).toMatchObject({ outcome: 'complete', counts: { created: 3 } });
    expect(await rates()).toEqual([
      ...['GBP/EUR 2026-11-23 1.2 sheets', 'USD/EUR 2026-11-23 0.9 ECB', 'USD/EUR 2026-11-20 0.9234567890123456789 ECB'],
    ]);
    expect(await loadRates(db, [{ from: 'USD', to: 'EUR', day: '2026-11-25' }], 7)).toMatchObject([{ rate: '0.9', on: '2026-11-23' }]);
    const again = await deliver([
      '1,USD,EUR,2026-11-20,0.92345678901234567890,ECB',
      '2,usd,EUR,2026-11-23,0.91,ECB',
      '3,GBP,EUR,2026-11-23,1.2,',
    ]);
    expect(again.counts).toMatchObject({ created: 0, changed: 1, unchanged: 2 });
    expect(await rates()).toContain('USD/EUR 2026-11-23 0.91 ECB');
  });

  it('keeps what is quoted for several units for one, exactly, and takes no other rate for it a second time', async () => {
    const { deliver, rates, reasons } = await bank({ ...MAPPING, perQuantity: 'Units' });
    const header = `${HEADER},Units`;
    const first = ['1,JPY,EUR,2026-11-20,0.12345678901234567890123456789012345678,ECB,100', '2,GBP,EUR,2026-11-20,1.15,ECB,'];
    await deliver(first, 'full', 'rates.csv', header);
    expect(await rates()).toEqual([
      ...['GBP/EUR 2026-11-20 1.15 ECB', 'JPY/EUR 2026-11-20 0.0012345678901234567890123456789012345678 ECB'],
    ]);
    await deliver(['1,JPY,EUR,2026-11-20,0.62,ECB,1000', '2,GBP,EUR,2026-11-20,1.15,ECB,0'], 'full', 'rates.csv', header);
    expect(await rates()).toContain('JPY/EUR 2026-11-20 0.00062 ECB');
    expect(await reasons()).toEqual([expect.stringContaining('perQuantity: ')]);
  });

  it('sets aside what cannot be a rate, each with its reason, and takes the others', async () => {
    const { deliver, rates, reasons } = await bank();
    const run = await deliver([
      ...['1,USD,EUR,2026-11-20,0,ECB', '2,USD,EUR,2026-11-21,-0.9,ECB', '3,ZZZ,EUR,2026-11-20,1,ECB', '4,USD,EUR,31.11.2026,0.9,ECB'],
      ...['5,EUR,EUR,2026-11-20,1,ECB', '6,USD,EUR,2026-11-22,,ECB', '7,CHF,EUR,2026-11-20,1.07,ECB'],
    ]);
    expect(run).toMatchObject({ counts: { created: 1, quarantined: 6 } });
    expect(await rates()).toEqual(['CHF/EUR 2026-11-20 1.07 ECB']);
    const told = await reasons();
    for (const part of [
      ...['rate: "0" is not more than zero', 'rate: "-0.9" is not more than zero', 'fromCurrency: "ZZZ" is not a currency code'],
      ...['validOn: "31.11.2026" is not', 'toCurrency: is EUR, like fromCurrency; name two', 'rate: "Rate" is blank'],
    ])
      expect(told).toContainEqual(expect.stringContaining(part));
    expect((await deliver(['1,USD,EUR,2026-11-20,0.9,ECB', '7,CHF,EUR,2026-11-20,1.07,ECB'], 'full')).counts).toMatchObject({ healed: 1 });
  });

  it('sets aside two that say different things of one pair, day and source, and takes what says the same twice', async () => {
    const { deliver, rates, reasons } = await bank({ ...MAPPING, externalId: 'Id' });
    const run = await deliver([
      '1,USD,EUR,2026-11-20,0.9,ECB',
      '2,USD,EUR,2026-11-20,0.91,ECB',
      '3,CHF,EUR,2026-11-20,1.07,ECB',
      '4,CHF,EUR,2026-11-20,1.070,ECB',
    ]);
    expect(run).toMatchObject({ counts: { quarantined: 2 } });
    expect(await rates()).toEqual(['CHF/EUR 2026-11-20 1.07 ECB']);
    expect(await reasons()).toEqual(
      Array(2).fill('rate: USD/EUR of 2026-11-20 (ECB) is 0.9 and 0.91 in several records; leave one of them, or map their sources'),
    );
    await deliver(['1,USD,EUR,2026-11-20,0.9,ECB', '3,CHF,EUR,2026-11-20,1.07,ECB']);
    expect(await rates()).toContain('USD/EUR 2026-11-20 0.9 ECB');
    await deliver(['1,USD,EUR,2026-11-20,0.9,ECB', '5,USD,EUR,2026-11-20,0.95,ECB']);
    expect(await rates()).toContain('USD/EUR 2026-11-20 0.9 ECB');
  });

  it('keeps what was said of a day when the record goes, or becomes that of another day', async () => {
    const { deliver, rates } = await bank({ ...MAPPING, externalId: { concat: ['From', 'To'], with: '/' } });
    await deliver(['1,USD,EUR,2026-11-20,0.9,ECB', '2,CHF,EUR,2026-11-20,1.07,ECB']);
    expect((await deliver(['1,USD,EUR,2026-11-23,0.91,ECB'], 'full')).outcome).toBe('complete');
    expect(await rates()).toEqual(['USD/EUR 2026-11-23 0.91 ECB', 'CHF/EUR 2026-11-20 1.07 ECB', 'USD/EUR 2026-11-20 0.9 ECB']);
  });

  it('leaves alone what a later file does not tell, such as who quotes it', async () => {
    const { deliver, rates } = await bank({ ...MAPPING, source: { column: 'Quoted by', optional: true } });
    await deliver(['1,USD,EUR,2026-11-20,0.9,ECB']);
    await deliver(['1,USD,EUR,2026-11-20,0.91'], 'full', 'rates.csv', HEADER.replace(',Quoted by', ''));
    expect(await rates()).toEqual(['USD/EUR 2026-11-20 0.91 ECB']);
  });

  it('and an import by hand correct each other: whoever told last counts', async () => {
    const { db, clock, deliver, rates } = await bank();
    await deliver(['1,USD,EUR,2026-11-20,0.9,ECB']);
    const byHand = { from: 'USD', to: 'EUR', on: '2026-11-20', rate: '0.8', source: 'ECB' };
    expect(await db.transaction((trx) => importRates(trx, [byHand], clock.now))).toMatchObject({ corrected: 1 });
    await deliver(['1,USD,EUR,2026-11-20,0.9,ECB']);
    expect(await rates()).toEqual(['USD/EUR 2026-11-20 0.8 ECB']);
    await deliver(['1,USD,EUR,2026-11-20,0.95,ECB']);
    expect(await rates()).toEqual(['USD/EUR 2026-11-20 0.95 ECB']);
  });
});
