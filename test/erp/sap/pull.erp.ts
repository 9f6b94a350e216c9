import { describe, expect, it } from 'vitest';
import { odata } from '../../../connectors/odata/index.ts';
import { sapS4hana } from '../../../connectors/sap-s4hana/index.ts';
import type { EntityName } from '../../../src/connector/entities.ts';
import { RetryLaterError } from '../../../src/errors.ts';
import { type Run, requestRun } from '../../../src/store/runs.ts';
import { executeRun } from '../../../src/sync/execute-run.ts';
import type { PullContext } from '../../../src/sync/pull-context.ts';
import { contextFor } from '../../flows/pull-setup.ts';
import { partnerOf } from '../../simulator/dialects/sap-s4-partner-rows.ts';
import { createTestDatabase } from '../../support/database.ts';
import { ACCIDENTS, AS_V4, anySession, ask, connectionTo, proxied, realSap, sapSession, told } from './scene.ts';
import { PARTNERS, sapWorld } from './world.ts';

/** As the queue would: what may heal is tried again, a bounded number of times. */
async function pull(context: PullContext, entity: EntityName, mode: 'full' | 'delta' = 'delta'): Promise<Run> {
  const { runId } = await requestRun(context.db, { connection: 'erp', entity, mode, trigger: 'test' }, context.now());
  for (let attempt = 1; ; attempt += 1) {
    try {
      const run = await executeRun(context, runId);
      if (run?.state === 'finished') return run;
    } catch (error) {
      if (!(error instanceof RetryLaterError) || attempt >= 60) throw error;
    }
  }
}

const nameOf = (name: string): string => [0, 40, 80, 120].map((start) => name.slice(start, start + 40).trim()).filter(Boolean).join(' '); // biome-ignore format: one chain

describe.skipIf(!told())("SAP's own models", () => {
  it(`are pulled whole, ${PARTNERS} partners with hierarchy, addresses and people, while answers are lost, cut and refused`, async () => {
    const proxy = await proxied();
    const { db } = await createTestDatabase();
    const context = contextFor(db, '.', connectionTo(proxy.url));
    proxy.accidents.storm({ seed: 5, rate: 0.25, names: ACCIDENTS });

    const runs = [await pull(context, 'account'), await pull(context, 'contact'), await pull(context, 'address')];
    proxy.accidents.calm();

    expect(runs.map(({ outcome, counts }) => ({ outcome, quarantined: counts.quarantined }))).toEqual(
      runs.map(() => ({ outcome: 'complete', quarantined: 0 })),
    );
    expect(proxy.accidents.happened.length).toBeGreaterThan(PARTNERS / 500);
    const world = sapWorld();
    const { rows } = await db.raw(`
      select l.external_id as id, a.name, a.status, a.email, a.payment_terms, a.price_list, up.external_id as parent,
        (select count(*)::int from contacts c where c.account_id = a.id) as contacts,
        (select string_agg(d.city || ' ' || d.role, ', ' order by d.city, d.role) from addresses d where d.account_id = a.id) as places
      from accounts a join links l on l.local_id = a.id left join links up on up.local_id = a.parent_id order by l.external_id`);
    const wanted = world.rows('account').map(({ id, name, active, blocked, email, paymentTerms, priceList, parentId }) => ({
      id,
      name: nameOf(name),
      status: active ? (blocked ? 'blocked' : 'active') : 'closed',
      email,
      payment_terms: paymentTerms,
      price_list: priceList,
      parent: parentId,
      contacts: world.ofAccount('contact', id).length,
    }));
    expect(rows.map(({ places, ...row }: { places: string }) => row)).toEqual(wanted);
    const sorted = (places: string) => places.split(', ').sort();
    expect(rows.map(({ places }: { places: string }) => sorted(places))).toEqual(
      world.rows('account').map(({ id }) =>
        sorted(
          world
            .ofAccount('address', id)
            .flatMap(({ city, roles }) => roles.map((role) => `${city} ${role}`))
            .join(', '),
        ),
      ),
    );
  });

  it('bring in a delta what was changed, found by day and time, and addresses although their partner was not stamped', async () => {
    const { db } = await createTestDatabase();
    const context = contextFor(db, '.', connectionTo(realSap().url));
    const first = await pull(context, 'account');
    await pull(context, 'address');
    const partner = partnerOf('1000007');
    const address = sapWorld().ofAccount('address', '1000009')[0]?.id ?? '';

    await ask('PATCH', `${AS_V4}/API_BUSINESS_PARTNER/A_BusinessPartner('${partner}')`, { OrganizationBPName1: 'Changed there' });
    await ask(
      'PATCH',
      `${AS_V4}/API_BUSINESS_PARTNER/A_BusinessPartnerAddress(BusinessPartner='${partnerOf('1000009')}',AddressID='${address}')`,
      {
        CityName: 'Moved there',
      },
    );
    const [accounts, addresses] = [await pull(context, 'account'), await pull(context, 'address')];

    expect(first.counts.read).toBe(PARTNERS);
    expect(accounts.counts).toMatchObject({ changed: 1 });
    expect(accounts.counts.read).toBeLessThan(PARTNERS / 2);
    expect(addresses.counts.changed).toBeGreaterThan(0);
    const { rows } = await db.raw(
      "select name from accounts where name like 'Changed there%' union select city from addresses where city = 'Moved there'",
    );
    expect(rows).toHaveLength(2);
  });

  it('prove access, and say which services are not there', async () => {
    const { summary, warnings } = await sapS4hana.check(sapSession(realSap().url));
    expect(summary).toBe(`SAP S/4HANA, client 100: ${PARTNERS} customers`);
    expect(warnings.map((warning) => warning.split(' ')[0])).toEqual([
      'API_SLSPRICINGCONDITIONRECORD_SRV/A_SlsPrcgCndnRecdValidity',
      'API_MATERIAL_STOCK_SRV/A_MatlStkInAcctMod',
    ]);
  });

  it.each([
    [2, 'keyset'],
    [4, 'keyset'],
    [2, 'next'],
    [4, 'next'],
  ] as const)('are read as any OData of version %i by %s', async (version, paging) => {
    const source = odata.sources.account;
    const read = {
      entitySet: 'A_CustomerSalesArea',
      key: { Customer: 'string', SalesOrganization: 'string', DistributionChannel: 'string', Division: 'string' },
      filter: "SalesOrganization eq '1010' or SalesOrganization eq '2020'",
      select: ['Currency', 'CustomerPaymentTerms'],
      paging,
    };
    const ids = new Set<unknown>();
    let count = 0;
    for await (const page of source?.read(anySession(version), source.options.parse(read), null) ?? []) {
      for (const record of page.records as Array<Record<string, unknown>>) ids.add(record['@id']);
      count += page.records.length;
    }
    expect([ids.size, count]).toEqual([2 * PARTNERS, 2 * PARTNERS]);
  });
});
