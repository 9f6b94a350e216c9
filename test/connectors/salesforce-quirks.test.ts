/** What only Salesforce does: hidden fields, a recycle bin, a log of deletions that forgets, batches that end early, a quota that is no 429. */
import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { quotaWarnings } from '../../connectors/salesforce/check.ts';
import { salesforce } from '../../connectors/salesforce/index.ts';
import { soql, text } from '../../connectors/salesforce/soql.ts';
import { verdicts } from '../../connectors/salesforce/verdicts.ts';
import type { Cursor, Page } from '../../src/connector/contract.ts';
import { judge } from '../../src/connector/http/verdicts.ts';
import type { AnySession } from '../../src/connector/open-session.ts';
import { type Scene, type SceneOptions, withScene } from '../contract/scene.ts';
import type { WorldEntity } from '../contract/types.ts';
import { parseSoql } from '../simulator/dialects/salesforce/soql.ts';
import { type SalesforceOptions, salesforceDialect } from '../simulator/dialects/salesforce.ts';
import { salesforceId } from '../simulator/ids.ts';

interface Played extends SalesforceOptions {
  readonly scene?: SceneOptions;
  readonly read?: Record<string, unknown>;
}

function play<T>(entity: WorldEntity, { scene = {}, read, ...options }: Played, act: (scene: Scene) => Promise<T>): Promise<T> {
  const entities = read ? { [entity]: { read } } : {};
  const stage = { dialect: () => salesforceDialect(options), world: { newId: salesforceId }, entities };
  return withScene({ connector: salesforce, stage, entity }, scene, act);
}

async function pagesOf(scene: Scene, cursor: Cursor | null, session: AnySession = scene.session): Promise<Page<unknown>[]> {
  const pages: Page<unknown>[] = [];
  for await (const page of scene.source.read(session, scene.readOptions(), cursor)) pages.push(page);
  return pages;
}

describe('fields and objects the login does not see', () => {
  it('are not asked for, nothing is said of them, and check names them', () =>
    play('account', { hidden: ['Account.Phone', 'Account.ParentId', 'Account.OwnerId'] }, async (scene) => {
      const { drafts, bad } = await scene.pull();
      expect(bad).toEqual([]);
      expect(drafts).toHaveLength(14);
      for (const { values } of drafts) {
        expect(Object.keys(values)).not.toEqual(expect.arrayContaining(['phone']));
        expect(values).toMatchObject({ website: values.website });
        expect(values).not.toHaveProperty('accountManager');
        expect(values).not.toHaveProperty('parent');
      }
      const { warnings, permissions } = await salesforce.check(scene.session);
      expect(warnings).toEqual([expect.stringContaining('does not see ParentId, Phone, Owner.Name of Account')]);
      expect(permissions?.every(({ granted }) => granted)).toBe(true);
    }));

  it('end a pull that needs them, and are no failure of check', () =>
    play('price', { hidden: ['PricebookEntry'] }, async (scene) => {
      await expect(scene.pull()).rejects.toMatchObject({ code: 'ERP_NOT_FOUND' });
      const { warnings, permissions, summary } = await salesforce.check(scene.session);
      expect(summary).toBe('Salesforce Muster & Co (Enterprise Edition, sandbox), API 62.0');
      expect(permissions).toContainEqual({ name: 'read PricebookEntry', granted: false });
      expect(warnings).toEqual([expect.stringContaining('may not read PricebookEntry')]);
    }));

  it('are asked for where kontor.yaml names them, so that their absence is told', () =>
    play('account', { hidden: ['Account.Industry'], read: { fields: ['Industry'] } }, async (scene) => {
      await expect(scene.pull()).rejects.toMatchObject({
        code: 'ERP_REFUSED',
        message: expect.stringContaining("No such column 'Industry'"),
      });
    }));
});

describe('what was deleted', () => {
  it('is closed while it lies in the recycle bin, and gone once it has left it', () =>
    play('account', {}, async (scene) => {
      const { world } = scene;
      const account = world.rows('account').find(({ id, active }) => active && world.ofAccount('account', id).length === 0);
      const id = account?.id ?? '';
      const first = await scene.pull();
      world.tick(60_000);
      world.archive('account', id);
      world.tick(180_000);
      const second = await scene.pull({ cursor: first.cursor });
      expect(second.held.get(id)?.values.status).toBe('closed');
      expect(second.gone).toEqual([]);
      world.tick(60_000);
      world.remove('account', id);
      world.tick(180_000);
      const third = await scene.pull({ cursor: second.cursor });
      expect(third.gone).toEqual([{ externalId: id, at: '2026-03-02T08:05:12.000Z' }]);
      world.tick(180_000);
      expect((await scene.pull({ cursor: third.cursor })).gone).toEqual([]);
    }));

  it.each([
    ['its log was purged', { purgedUntil: new Date('2026-03-02T08:30:00Z') }, 3_600_000],
    ['its log ended 15 days ago', {}, 16 * 86_400_000],
    ['it refuses the span, which is longer than 30 days', {}, 40 * 86_400_000],
  ])('is not known when %s: all is read anew, and the run says so', (_, options, elapsedMs) =>
    play('account', options, async (scene) => {
      const { cursor } = await scene.pull();
      scene.world.tick(elapsedMs);
      const [notice, ...rest] = await pagesOf(scene, cursor);
      expect(notice?.faults).toMatchObject([
        { code: 'SOURCE_UNREADABLE', message: expect.stringMatching(/deleted for good since 2026-03-02T08:00Z/) },
      ]);
      expect(rest.flatMap(({ records }) => records)).toHaveLength(14);
      // Resumed after the notice it goes on with the full pass.
      const resumed = await pagesOf(scene, notice?.cursor ?? null);
      expect(resumed.flatMap(({ faults }) => faults ?? [])).toEqual([]);
      expect(resumed.flatMap(({ records }) => records)).toHaveLength(14);
      scene.world.tick(600_000);
      const next = await pagesOf(scene, rest.at(-1)?.cursor ?? null);
      expect(next.flatMap(({ faults }) => faults ?? [])).toEqual([]);
    }),
  );

  it('is an address that was emptied, and never one whose fields are hidden', async () => {
    const emptied = async (scene: Scene) => {
      const { world } = scene;
      const { id, accountId } = world.rows('address').find(({ roles }) => roles.includes('bill_to')) ?? { id: '', accountId: '' };
      const { cursor } = await scene.pull();
      world.tick(3_600_000);
      world.remove('address', id);
      world.tick(60_000);
      const { gone, held } = await scene.pull({ cursor });
      return { gone: gone.map(({ externalId }) => externalId), held: [...held.keys()], billing: `${accountId}/bill_to` };
    };
    await play('address', {}, async (scene) => {
      const { world } = scene;
      const { cursor } = await scene.pull();
      world.tick(3_600_000);
      const young = world.add('account', { name: 'New AG' });
      const address = world.add('address', { accountId: young.id, roles: ['bill_to'], street: 'Kai 1' });
      world.tick(60_000);
      const first = await scene.pull({ cursor });
      expect([...first.held.keys()]).toContain(`${young.id}/bill_to`);
      // Within the span that every delta reads again.
      world.remove('address', address.id);
      world.tick(60_000);
      const second = await scene.pull({ cursor: first.cursor });
      expect(second.gone.map(({ externalId }) => externalId)).toContain(`${young.id}/bill_to`);
    });
    const seen = await play('address', {}, emptied);
    expect(seen.gone).toContain(seen.billing);
    expect(seen.held).not.toContain(seen.billing);
    const hidden = ['Street', 'City', 'State', 'PostalCode', 'Country'].map((part) => `Account.Billing${part}`);
    const unseen = await play('address', { hidden }, emptied);
    expect(unseen.gone).not.toContain(unseen.billing);
  });

  it('ends the addresses of an account on the day of its deletion', () =>
    play('address', {}, async (scene) => {
      const { accountId } = scene.world.rows('address')[0] ?? { accountId: '' };
      scene.world.archive('account', accountId);
      const { held } = await scene.pull();
      expect(held.get(`${accountId}/bill_to`)?.values.validTo).toBe('2026-03-02');
    }));
});

it('goes on behind the last id where a batch ends early, and never by a cursor that expires', () =>
  play('contact', { scene: { accounts: 30 } }, async ({ pull, simulator, world }) => {
    expect((await pull()).held.size).toBe(world.count('contact'));
    expect(simulator.requests.filter(({ path }) => /\/query(All)?\/./.test(path))).toEqual([]);
  }));

it('reads on past a record that is none', () =>
  play('account', {}, async (scene) => {
    const { session } = scene;
    const http: AnySession['http'] = {
      async send(request) {
        const answer = await session.http.send(request);
        const json = answer.json as { records?: unknown[] };
        return json.records && json.records.length > 1
          ? { ...answer, json: { ...json, records: [null, { Id: 7 }, ...json.records.slice(2)] } }
          : answer;
      },
    };
    const pages = await pagesOf(scene, null, { ...session, http });
    const [read, bad] = [pages.flatMap(({ records }) => records), pages.flatMap(({ unreadable = [] }) => unreadable)];
    expect(read.length + bad.length).toBe(14);
    expect(bad.length).toBeGreaterThan(1);
  }));

it('takes conditions and further fields from kontor.yaml', () =>
  play('account', { read: { where: 'Phone != null OR Website != null', fields: ['OwnerId'] } }, async (scene) => {
    const { pages } = await scene.pull();
    const ids = pages.flatMap(({ raws }) => raws.map((raw) => (raw as { Id: string }).Id));
    expect(ids.toSorted()).toEqual(scene.world.rows('account').filter(({ phone, website }) => phone !== null || website !== null).map(({ id }) => id).toSorted()); // biome-ignore format: one chain
    expect(pages[0]?.raws[0]).toMatchObject({ OwnerId: '005000000000001AAA' });
  }));

describe('an organization with one currency', () => {
  const hidden = ['PricebookEntry.CurrencyIsoCode', 'Account.CurrencyIsoCode'];

  it('has to tell it before prices are read', () =>
    play('price', { hidden }, async (scene) => {
      await expect(scene.pull()).rejects.toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('`currency`') });
      expect((await salesforce.check(scene.session)).warnings).toEqual([expect.stringContaining('prices name no currency')]);
    }));

  it('has prices in it', () =>
    play('price', { hidden, scene: { settings: { currency: 'CHF' } } }, async (scene) => {
      const { drafts, bad } = await scene.pull();
      expect(bad).toEqual([]);
      expect(new Set(drafts.map(({ values }) => values.currency))).toEqual(new Set(['CHF']));
    }));
});

describe('logs in with a signed assertion', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = (key: typeof pair) => key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

  it('that the certificate of the app fits', () =>
    play('account', { certificate: pair.publicKey, scene: { settings: { privateKey: pem(pair) } } }, async (scene) => {
      expect((await scene.pull()).held.size).toBe(14);
    }));

  it('and is refused with another key', () => {
    const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return play('account', { certificate: pair.publicKey, scene: { settings: { privateKey: pem(other) } } }, async (scene) => {
      await expect(scene.pull()).rejects.toMatchObject({
        code: 'ERP_LOGIN_REFUSED',
        message: expect.stringContaining('invalid assertion'),
      });
    });
  });

  it.each([
    ['both', { clientSecret: 's', privateKey: 'k', user: 'u' }],
    ['neither', {}],
    ['a key without a user', { privateKey: 'k' }],
    ['a secret and a user', { clientSecret: 's', user: 'u' }],
  ])('or with a secret, not with %s', (_, given) => {
    expect(salesforce.config.safeParse({ url: 'https://a.my.salesforce.com', clientId: 'c', ...given }).success).toBe(false);
  });
});

describe('what answers mean', () => {
  const meaning = (status: number, errorCode: string, message = '') => {
    const json = [{ errorCode, message }];
    return judge({ status, headers: {}, json, text: JSON.stringify(json), serverAt: null }, verdicts, new Date());
  };

  it.each([
    [401, 'INVALID_SESSION_ID', 'login'],
    [403, 'REQUEST_LIMIT_EXCEEDED', 'limited'],
    [403, 'API_DISABLED_FOR_ORG', 'denied'],
    [400, 'INVALID_TYPE', 'denied'],
    [400, 'INVALID_FIELD', 'refused'],
    [400, 'MALFORMED_QUERY', 'refused'],
    [400, 'QUERY_TIMEOUT', 'unavailable'],
    [400, 'UNABLE_TO_LOCK_ROW', 'busy'],
    [400, 'INVALID_REPLICATION_DATE', 'empty'],
    [404, 'NOT_FOUND', 'missing'],
    [500, 'UNKNOWN_EXCEPTION', 'unavailable'],
    [503, 'SERVER_UNAVAILABLE', 'unavailable'],
  ])('%i %s is %s', (status, code, verdict) => {
    expect(meaning(status, code).verdict).toBe(verdict);
  });

  it("waits long for the day's quota, and as usual for requests at one time", () => {
    expect(meaning(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.').retryAfterMs).toBe(900_000);
    expect(
      meaning(403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.').retryAfterMs,
    ).toBeUndefined();
  });

  it('repeats the reason and not the query above it', () => {
    expect(meaning(400, 'INVALID_FIELD', "\nName = 'Secret AG'\n   ^\nNo such column").words).toBe('INVALID_FIELD: No such column');
  });
});

it('warns when the quota of the day is nearly used up', async () => {
  expect(quotaWarnings('api-usage=11999/15000')).toEqual([]);
  expect(quotaWarnings(undefined)).toEqual([]);
  expect(quotaWarnings('api-usage=12000/15000; per-app-api-usage=17/250(appName=x)')).toEqual([expect.stringContaining('12000 of 15000')]);
  const { warnings } = await play('account', { used: 14_990 }, ({ session }) => salesforce.check(session));
  expect(warnings).toEqual([expect.stringMatching(/^1499\d of 15000 requests/)]);
});

it.each(["O'Neill", 'back\\slash', "both \\' of them", '" double', ''])('writes %j into a query so that it is read back', (value) => {
  const query = parseSoql(soql({ select: ['Id'], from: 'Account', where: [`Name = ${text(value)}`], orderBy: 'Id', limit: 3 }));
  expect(query.where).toEqual({ kind: 'compare', field: 'Name', operator: '=', to: [{ kind: 'text', value }] });
});
