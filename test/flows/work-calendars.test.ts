import { describe, expect, it } from 'vitest';
import { loadWorkTimes } from '../../src/approvals/work-times.ts';
import { recordAbsences, removeVanished } from '../../src/store/work-calendars/absences.ts';
import { assignCalendar, putCalendar, showCalendar } from '../../src/store/work-calendars/calendars.ts';
import { loadCalendarsOf } from '../../src/store/work-calendars/calendars-of.ts';
import { type OrdersSetup, setupOrders } from './order-setup.ts';

const BERLIN = { zone: 'Europe/Berlin', hours: { 'mon-fri': '08:00-16:00' }, country: 'DE', region: 'BE' };

async function setup() {
  const orders = await setupOrders();
  const { db, clock } = orders;
  return {
    ...orders,
    put: (name: string, definition: object) => db.transaction((trx) => putCalendar(trx, { name, definition, by: 'test' }, clock.now)),
    assign: (kind: 'person' | 'unit', externalId: string, calendar: string | null) =>
      db.transaction((trx) => assignCalendar(trx, { kind, id: orders.id(externalId) }, { calendar, by: 'test' }, clock.now)),
    calendarsOf: async (...people: string[]) => names(orders, await loadCalendarsOf(db, people.map(orders.id)), people),
  };
}

function names({ id }: OrdersSetup, calendars: Awaited<ReturnType<typeof loadCalendarsOf>>, people: readonly string[]): string[] {
  return people.map((person) => `${calendars.get(id(person))?.name} ${calendars.get(id(person))?.version}`);
}

describe('the calendar of a person', () => {
  it("is the own one, else that of the nearest unit upwards, else a plain week in the company's zone and country", async () => {
    const { put, assign, calendarsOf } = await setup();
    expect(await calendarsOf('P-1', 'P-3', 'P-9')).toEqual([
      'default Europe/Berlin DE 0',
      'default Europe/Berlin DE 0',
      'default UTC DK 0',
    ]);
    await put('company', BERLIN);
    await put('north', BERLIN);
    await put('mine', BERLIN);
    await assign('unit', 'A-1', 'company');
    await assign('unit', 'A-2', 'north');
    await assign('person', 'P-1', 'mine');
    expect(await calendarsOf('P-1', 'P-2', 'P-3', 'P-5')).toEqual(['mine 1', 'north 1', 'company 1', 'company 1']);
    await assign('person', 'P-1', null);
    expect(await calendarsOf('P-1')).toEqual(['north 1']);
  });

  it('takes the zone of the person first, and people nobody knows work, too', async () => {
    const { alter, db, id } = await setup();
    await alter('P-1', { time_zone: 'America/New_York' });
    const calendars = await loadCalendarsOf(db, [id('P-1'), '999999']);
    expect(calendars.get(id('P-1'))?.zone).toBe('America/New_York');
    expect(calendars.get('999999')?.zone).toBe('UTC');
  });

  it('keeps the holidays of the country of the company', async () => {
    const { db, id } = await setup();
    const calendar = (await loadCalendarsOf(db, [id('P-1')])).get(id('P-1'));
    expect([calendar?.holidayOn('2026-04-03'), calendar?.holidayOn('2026-03-08')]).toEqual(['Karfreitag', null]);
  });

  it('keeps those of the state, too, that the address of the nearest unit names, by code or by name', async () => {
    const { alter, db, id, calendarsOf, address } = await setup();
    await alter('D-2', { region: 'HH' });
    await alter('D-1', { region: 'Bayern' });
    expect(await calendarsOf('P-1', 'P-3', 'P-5')).toEqual([
      'default Europe/Berlin DE-BY 0',
      'default Europe/Berlin DE-HH 0',
      'default Europe/Berlin DE-HH 0',
    ]);
    const [nord, company] = await Promise.all(
      ['P-1', 'P-3'].map(async (person) => (await loadCalendarsOf(db, [id(person)])).get(id(person))?.holidayOn('2026-01-06')),
    );
    expect([nord, company]).toEqual(['Heilige Drei Könige', null]);
    for (const [region, found] of [
      ['de-by', 'DE-BY'],
      [' by ', 'DE-BY'],
      ['09', 'DE'],
      ['Atlantis', 'DE'],
      [null, 'DE'],
    ] as const) {
      await alter('D-1', { region });
      expect(await calendarsOf('P-1')).toEqual([`default Europe/Berlin ${found} 0`]);
    }
    // The main address counts, and only in the country whose holidays are kept.
    await alter('D-1', { region: 'Bayern' });
    await address('D-4', { account: 'A-2', role: 'bill_to', country: 'DE', region: 'Sachsen' });
    await address('D-5', { account: 'A-3', country: 'AT', region: 'Wien' });
    expect(await calendarsOf('P-1', 'P-5')).toEqual(['default Europe/Berlin DE-SN 0', 'default Europe/Berlin DE-HH 0']);
  });
});

describe('a calendar put again', () => {
  it('is a new version, of which the old one stays readable; the same one is none', async () => {
    const { put, assign, calendarsOf, db } = await setup();
    expect(await put('north', BERLIN)).toEqual({ version: 1, isNew: true });
    await assign('person', 'P-2', 'north');
    expect(await put('north', BERLIN)).toEqual({ version: 1, isNew: false });
    expect(await put('north', { ...BERLIN, hours: { mon: '10:00-12:00' } })).toEqual({ version: 2, isNew: true });
    expect(await calendarsOf('P-2')).toEqual(['north 2']);
    expect((await showCalendar(db, 'north', 1)).definition).toMatchObject({ hours: { 'mon-fri': '08:00-16:00' } });
  });

  it('that does not exist is assigned to nobody', async () => {
    const { assign } = await setup();
    await expect(assign('person', 'P-1', 'nowhere')).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('absences', () => {
  const absence = (personId: string, externalId: string, from: string, until: string) => ({
    personId,
    externalId,
    startsAt: new Date(from),
    endsAt: new Date(until),
  });

  it('of a source are replaced by what it says now: changed, added, and gone', async () => {
    const { db, id, clock } = await setup();
    const first = [
      absence(id('P-1'), 'a', '2026-11-30T00:00:00Z', '2026-12-05T00:00:00Z'),
      absence(id('P-1'), 'b', '2026-12-20T00:00:00Z', '2026-12-27T00:00:00Z'),
      absence(id('P-1'), 'over', '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z'),
    ];
    await db.transaction((trx) => recordAbsences(trx, 'hr', first, clock.now));
    const second = [absence(id('P-1'), 'a', '2026-11-30T00:00:00Z', '2026-12-07T00:00:00Z')];
    const changed = await db.transaction(async (trx) => [
      await recordAbsences(trx, 'hr', second, clock.now),
      await removeVanished(trx, { source: 'hr', keep: ['a'] }, clock.now),
      await recordAbsences(trx, 'hr', second, clock.now),
    ]);
    expect(changed).toEqual([1, 1, 0]);
    expect((await loadWorkTimes(db, [id('P-1')])).awayOf(id('P-1'))).toEqual([
      { from: new Date('2026-11-01T00:00:00Z'), until: new Date('2026-11-02T00:00:00Z') },
      { from: new Date('2026-11-30T00:00:00Z'), until: new Date('2026-12-07T00:00:00Z') },
    ]);
  });
});
