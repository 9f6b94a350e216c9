/** What S/4HANA is asked for in batches is what it would be asked for one by one. */
import { describe, expect, it } from 'vitest';
import { check } from '../../connectors/sap-s4hana/check.ts';
import { PARENT_CATEGORY } from '../simulator/dialects/sap-s4-partner-rows.ts';
import type { SimAnswer } from '../simulator/server.ts';
import type { World } from '../simulator/world.ts';
import { ORDER, stage } from './sap-s4hana-stage.ts';

/** Two keys in one filter: what belongs to a page of four needs several. */
const SMALL = { filterSize: 2, hierarchy: { relationship: PARENT_CATEGORY } };

/** More people and addresses than an expansion shows at once. */
function crowded(world: World): void {
  world.seed({ accounts: 9 });
  for (const { id } of world.rows('account').slice(0, 3))
    for (let turn = 0; turn < 6; turn += 1) {
      world.add('contact', { accountId: id, lastName: `Many ${turn}` });
      world.add('address', { accountId: id, city: `Place ${turn}`, roles: ['ship_to'] });
    }
}

const refused = (status: number, code: string): SimAnswer => ({
  status,
  json: { error: { code, message: { lang: 'en', value: 'Said by the service' } } },
});

describe('batches', () => {
  it.each(['account', 'contact', 'address', 'price'] as const)('bring of %s what single reads bring, in fewer requests', async (entity) => {
    const asked = async (batch: boolean) => {
      const { pull, simulator } = await stage({ ...SMALL, batch }, { fill: crowded });
      const { records } = await pull(entity);
      return { records, count: simulator.requests.length, batches: simulator.requests.filter(({ method }) => method === 'POST').length };
    };
    const [together, alone] = [await asked(true), await asked(false)];
    expect(together.records).toEqual(alone.records);
    expect(together.records.length).toBeGreaterThan(8);
    expect([together.batches > 0, alone.batches, together.count < alone.count]).toEqual([true, 0, true]);
  });

  it('tell how many orders stand with one request', async () => {
    const { session, orders, simulator } = await stage({ filterSize: 2 });
    const ids: string[] = [];
    for (const turn of [1, 2, 3, 4, 5]) ids.push((await orders.create(session, { ...ORDER, reference: `ORD-${turn}` })).id);
    simulator.requests.length = 0;
    expect((await orders.status(session, [...ids, '99'])).map(({ id }) => id)).toEqual(ids);
    expect(simulator.requests.map(({ method, path, on }) => [method, path.split('/').at(-1), on])).toEqual([['POST', '$batch', 'read']]);
  });

  it('carry a token, which is had from the service they go to and fetched again when the session has ended', async () => {
    const { pull, simulator } = await stage(SMALL, { without: ['API_SALES_ORDER_SRV'] });
    await pull('contact');
    simulator.dialect.expireSessions();
    expect((await pull('contact')).records.length).toBeGreaterThan(0);
    expect(simulator.requests.filter(({ status }) => status === 403)).toHaveLength(1);
  });

  it.each([
    [403, '/IWFND/MED/170'],
    [400, 'SY/530'],
    [404, '/IWFND/MED/170'],
    [409, 'SY/530'],
    [500, 'SY/530'],
    [200, 'SY/530'],
  ])('of which one part fails with %i fail with the words of the single call', async (status, code) => {
    const failure = async (batch: boolean) => {
      const instead = ({ path }: { path: string }) => (path.endsWith('/A_BPRelationship') ? refused(status, code) : undefined);
      const { pull } = await stage({ ...SMALL, batch }, { instead });
      return pull('account').then(
        () => null,
        ({ name, code: own, message }: Error & { code: string }) => ({ name, own, message }),
      );
    };
    const together = await failure(true);
    expect(together).toEqual(await failure(false));
    expect(together?.message).toContain('Said by the service');
  });

  it('of which a part fails for a moment go on', async () => {
    let times = 0;
    const instead = ({ path }: { path: string }) => {
      if (!path.endsWith('/A_BPRelationship')) return undefined;
      times += 1;
      return times === 2 ? refused(503, 'SY/530') : undefined;
    };
    const { pull, world } = await stage(SMALL, { instead });
    const parents = (await pull('account')).records.map(({ parent }) => parent || null);
    expect(parents).toEqual(world.rows('account').map(({ parentId }) => parentId));
  });

  it.each([
    ['is cut', (text: string) => text.slice(0, text.length - 60)],
    ['lacks a part', (text: string) => text.replace(/(--[0-9A-F]{32}\r\n)[\s\S]*?(?=\1)/, '')],
    ['has a part that is cut', (text: string) => text.replace(/"results":\[\{[\s\S]*?"\}/, '"results":[')],
  ])('whose answer %s are no answer: nothing is missing from what is read', async (_, spoil) => {
    const { pull } = await stage(SMALL, {
      between: (dialect) => ({
        ...dialect,
        async handle(request, ...rest) {
          const answer = await dialect.handle(request, ...rest);
          return request.path.endsWith('/$batch') && answer.text !== undefined ? { ...answer, text: spoil(answer.text) } : answer;
        },
      }),
    });
    await expect(pull('contact')).rejects.toMatchObject({ name: 'RetryLaterError', code: 'ERP_ANSWER_UNUSABLE' });
  });

  it('that a gateway forbids are named by the check, with the cure', async () => {
    const { session, orders, open, pull } = await stage({ filterSize: 2 }, { forbidsBatch: true });
    const { warnings, permissions } = await check(session);
    expect(warnings).toEqual([expect.stringContaining('batch: false')]);
    expect(permissions?.filter(({ granted }) => !granted)).toEqual([{ name: 'API_BUSINESS_PARTNER/$batch', granted: false }]);
    await expect(pull('contact')).rejects.toMatchObject({ code: 'ERP_PERMISSION_MISSING', message: expect.stringContaining('$batch') });
    const plain = open({ batch: false });
    expect((await check(plain)).warnings).toEqual([]);
    expect((await pull('contact', null, {}, plain)).records.length).toBeGreaterThan(0);
    expect(await orders.status(plain, ['1', '2', '3'])).toEqual([]);
  });
});
