/** What only EspoCRM does: reasons in a header, lock-outs, conditions in brackets, roles that hide. */
import { describe, expect, it } from 'vitest';
import { espocrm } from '../../connectors/espocrm/index.ts';
import { flat } from '../../connectors/espocrm/search.ts';
import { verdicts } from '../../connectors/espocrm/verdicts.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import { type Scene, withScene } from '../contract/scene.ts';
import type { WorldEntity } from '../contract/types.ts';
import { itemsOf, nested } from '../simulator/dialects/espocrm/where.ts';
import { type EspocrmOptions, espocrmDialect } from '../simulator/dialects/espocrm.ts';
import { hex17 } from '../simulator/ids.ts';

interface Played extends EspocrmOptions {
  readonly where?: unknown[];
  readonly fields?: string[];
}

function play<T>(entity: WorldEntity, { where, fields, ...options }: Played, act: (scene: Scene) => Promise<T>): Promise<T> {
  const read = { ...(where ? { where } : {}), ...(fields ? { fields } : {}) };
  const stage = { dialect: () => espocrmDialect(options), world: { newId: hex17 }, entities: { [entity]: { read } } };
  return withScene({ connector: espocrm, stage, entity }, {}, act);
}

it('waits a minute when its address is locked out, and takes that for no lack of rights', () =>
  play('account', {}, async (scene) => {
    const { url } = scene.simulator;
    for (let turn = 0; turn < 11; turn += 1) {
      expect((await fetch(`${url}/api/v1/Account`, { headers: { 'x-api-key': 'guessed' } })).status).toBe(401);
    }
    await expect(scene.pull()).rejects.toMatchObject({ code: 'ERP_RATE_LIMITED', retryAfterMs: 60_000 });
    scene.world.tick(61_000);
    expect((await scene.pull()).held.size).toBe(14);
  }));

it('takes nested conditions and further fields from kontor.yaml', () => {
  const where = [
    {
      type: 'or',
      value: [
        { type: 'isNotNull', attribute: 'website' },
        {
          type: 'and',
          value: [
            { type: 'isNotNull', attribute: 'phoneNumber' },
            { type: 'in', attribute: 'type', value: ['Customer'] },
          ],
        },
      ],
    },
  ];
  return play('account', { where, fields: ['accountless', 'assignedUserId'] }, async (scene) => {
    const { held, pages } = await scene.pull();
    const wanted = scene.world.rows('account').filter(({ website, phone }) => website !== null || phone !== null);
    expect(wanted.length).toBeLessThan(14);
    expect([...held.keys()].toSorted()).toEqual(wanted.map(({ id }) => id).toSorted());
    expect(pages[0]?.raws[0]).toMatchObject({ assignedUserId: '6b0u00000000000a1' });
  });
});

it('writes conditions as PHP reads them', () => {
  const where = [
    {
      type: 'or',
      value: [
        { type: 'equals', attribute: 'a', value: null },
        { type: 'in', attribute: 'b', value: ['x', 7, true] },
      ],
    },
  ];
  const query = new URLSearchParams(flat('where', where));
  expect([...query.keys()]).toContain('where[0][value][1][value][2]');
  expect(itemsOf(nested(query, 'where'))).toEqual([
    {
      type: 'or',
      value: { 0: { type: 'equals', attribute: 'a', value: '' }, 1: { type: 'in', attribute: 'b', value: { 0: 'x', 1: '7', 2: 'true' } } },
    },
  ]);
});

it('says nothing of fields the role hides, nor that a hidden address was emptied', async () => {
  const hidden = ['phoneNumber', 'website'].concat(
    ['Street', 'City', 'State', 'PostalCode', 'Country'].map((part) => `billingAddress${part}`),
  );
  await play('account', { hidden }, async (scene) => {
    const { drafts, bad } = await scene.pull();
    expect(bad).toEqual([]);
    expect(drafts).toHaveLength(14);
    for (const { values } of drafts) {
      expect(values).toHaveProperty('email');
      expect(values).not.toHaveProperty('phone');
      expect(values).not.toHaveProperty('website');
    }
  });
  await play('address', { hidden }, async (scene) => {
    const { cursor } = await scene.pull();
    scene.world.tick(3_600_000);
    scene.world.change('account', scene.world.rows('account')[0]?.id ?? '', { name: 'New AG' });
    const { gone } = await scene.pull({ cursor });
    expect(gone.filter(({ externalId }) => externalId.endsWith('/bill_to'))).toEqual([]);
  });
});

it('tells that an address was emptied, and of an account that was read as soon as it was there', () =>
  play('address', {}, async (scene) => {
    const { world } = scene;
    const { cursor } = await scene.pull();
    world.tick(3_600_000);
    const { id, accountId } = world.rows('address').find(({ roles }) => roles.includes('bill_to')) ?? { id: '', accountId: '' };
    world.remove('address', id);
    const young = world.add('account', { name: 'New AG' });
    const address = world.add('address', { accountId: young.id, roles: ['bill_to'], street: 'Kai 1' });
    world.tick(60_000);
    const first = await scene.pull({ cursor });
    expect(first.gone.map(({ externalId }) => externalId)).toContain(`${accountId}/bill_to`);
    expect([...first.held.keys()]).toContain(`${young.id}/bill_to`);
    // Within the span that every delta reads again.
    world.remove('address', address.id);
    world.tick(60_000);
    const second = await scene.pull({ cursor: first.cursor });
    expect(second.gone.map(({ externalId }) => externalId)).toContain(`${young.id}/bill_to`);
  }));

describe('a role', () => {
  it('that may not read is named by check, and by the pull that needs it', () =>
    play('contact', { read: { Contact: 'no' } }, async (scene) => {
      const { permissions, warnings } = await espocrm.check(scene.session);
      expect(permissions).toEqual([
        { name: 'read Account', granted: true },
        { name: 'read Contact', granted: false },
      ]);
      expect(warnings).toEqual([expect.stringContaining('may not read Contact')]);
      await expect(scene.pull()).rejects.toMatchObject({
        code: 'ERP_PERMISSION_MISSING',
        message: expect.stringContaining("No read access to 'Contact'."),
      });
    }));

  it('that sees a part is warned of', () =>
    play('account', { read: { Account: 'team' } }, async (scene) => {
      expect((await espocrm.check(scene.session)).warnings).toEqual([expect.stringContaining('reads Account of its team only')]);
    }));

  it('that hides what is searched by is told in its own words', () =>
    play('account', { hidden: ['website'], where: [{ type: 'isNotNull', attribute: 'website' }] }, async (scene) => {
      await expect(scene.pull()).rejects.toMatchObject({
        code: 'ERP_PERMISSION_MISSING',
        message: expect.stringContaining("Forbidden attribute 'website' in where."),
      });
    }));
});

it('logs in as a regular user too', () =>
  play('account', { basic: true }, async (scene) => {
    expect((await scene.pull()).held.size).toBe(14);
    expect((await espocrm.check(scene.session)).summary).toBe('EspoCRM, as kontor');
  }));

it.each([
  ['both', { apiKey: 'k', user: 'u', password: 'p' }],
  ['neither', {}],
  ['a user alone', { user: 'u' }],
  ['a key and a password', { apiKey: 'k', password: 'p' }],
])('needs a key or a user, not %s', (_, given) => {
  expect(espocrm.config.safeParse({ url: 'https://crm.example.com', ...given }).success).toBe(false);
});

describe('what answers mean', () => {
  const meaning = (status: number, reason?: string) =>
    judge(
      { status, headers: reason === undefined ? {} : { 'x-status-reason': reason }, json: undefined, text: '', serverAt: null },
      verdicts,
      new Date(),
    );

  it.each([
    [401, undefined, 'login'],
    [403, 'No delete access.', 'denied'],
    [403, undefined, 'denied'],
    [403, 'Max failed login attempts exceeded.', 'limited'],
    [403, 'Max size should not exceed 200. Use offset and limit.', 'refused'],
    [403, "Forbidden attribute 'x' in where.", 'denied'],
    [404, 'Record 1 does not exist.', 'missing'],
    [400, 'Bad where item.', 'refused'],
    [500, undefined, 'unavailable'],
  ])('%i %s is %s', (status, reason, verdict) => {
    expect(meaning(status, reason)).toMatchObject({ verdict, words: reason });
  });
});
