import { describe, expect, it } from 'vitest';
import { holdersChanged } from '../../src/orders/holders-changed.ts';
import { tellOfRadar } from '../../src/orders/tell-radar.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { applyDrafts } from '../../src/store/apply-drafts.ts';
import type { Transaction } from '../../src/store/database.ts';
import { resolveReferences } from '../../src/store/references.ts';
import { createStage, stageTables } from '../../src/store/stage.ts';
import { loadRadar } from '../../src/store/views/radar.ts';
import { tellOfArrivals } from '../../src/sync/tell-of-arrivals.ts';
import { clockDesk, tend } from './escalation-setup.ts';

type Desk = Awaited<ReturnType<typeof clockDesk>>;

interface Pulled {
  readonly entity?: 'contact' | 'account';
  /** Field -> external id. */
  readonly refs?: Readonly<Record<string, string>>;
  readonly fail?: boolean;
}

/** One changed profile as a pull's batch applies it, with what the pull's job does about steps in the same transaction. */
async function pull({ db, settings, clock, rows, id }: Desk, externalId: string, change: object, how: Pulled = {}): Promise<string[]> {
  const { entity = 'contact', refs = {}, fail = false } = how;
  const sources = await rows<{ id: number; entity: string }>("select id, entity from sources where connection = 'erp'");
  const sourceOf = (name: string) => Number(sources.find((one) => one.entity === name)?.id);
  const sourceId = sourceOf(entity);
  const [run] = await rows<{ id: string }>(
    `insert into runs (source_id, mode, trigger, requested_at, state, outcome) values (?, 'full', 'test', now(), 'finished', 'complete') returning id`,
    [sourceId],
  );
  const runId = String(run?.id);
  const key = externalId.toLowerCase();
  await db.raw(
    `insert into source_records (source_id, key, content_digest, fingerprint, run_id, draft)
     values (?, ?, gen_random_uuid(), gen_random_uuid(), ?, '{"status": "active"}') on conflict do nothing`,
    [sourceId, key, runId],
  );
  let concerned: string[] = [];
  await db
    .transaction(async (trx) => {
      await createStage(trx, runId);
      const keys = Object.fromEntries(Object.entries(refs).map(([field, name]) => [field, name.toLowerCase()]));
      await trx.raw(
        `insert into ${stageTables(runId).drafts} (seq, key, external_id, content_digest, fingerprint, origin, refs, draft)
         values (1, ?, ?, gen_random_uuid(), gen_random_uuid(), '{}', ?, ?)`,
        [key, externalId, JSON.stringify(keys), JSON.stringify({ ...change, ...refs })],
      );
      const targets = { account: sourceOf('account'), contact: sourceOf('contact'), address: 0, price: 0, stock: 0, rate: 0, document: 0, documentLine: 0 }; // biome-ignore format: one list
      const batch = { runId, sourceId, entity, targets, fromSeq: '1', toSeq: '1', isFirst: false, now: clock.now };
      concerned = (await applyDrafts(trx, batch)).concernedSteps;
      if (concerned.length > 0) await holdersChanged(trx, settings, concerned, clock.now);
      if (fail) throw new Error('killed');
    })
    .catch((error: Error) => {
      if (error.message !== 'killed') throw error;
    });
  expect(id(externalId)).toBeTruthy();
  return concerned;
}

describe('when a pull changes an approver', () => {
  it('the steps they hold go to the next one in the transaction of the batch', async () => {
    const desk = await clockDesk();
    await pull(desk, 'P-2', { status: 'inactive' });
    expect(await desk.held()).toBe('active: P-3');
    expect(await desk.told()).toEqual(['approval.asked P-2', 'approval.asked P-3', 'approval.recalled P-2']);
  });

  it('neither is done when the batch fails', async () => {
    const desk = await clockDesk();
    await pull(desk, 'P-2', { status: 'inactive' }, { fail: true });
    expect(await desk.held()).toBe('active: P-2');
    expect(await desk.rows(`select status from contacts where id = ?`, [desk.id('P-2')])).toEqual([{ status: 'active' }]);
  });

  it('nothing is looked at where nobody of the batch holds anything, or what changed decides nothing', async () => {
    const desk = await clockDesk();
    expect(await pull(desk, 'P-5', { status: 'inactive' })).toEqual([]);
    expect(await pull(desk, 'P-2', { phone: '0431' })).toEqual([]);
  });

  it('whoever loses the mail address is passed over, unless a portal reaches them', async () => {
    const desk = await clockDesk();
    await pull(desk, 'P-2', { email: null, attributes: { portalLogin: 'yes' } });
    expect(await desk.held()).toBe('active: P-2');
    await pull(desk, 'P-2', { attributes: null });
    expect(await desk.held()).toBe('active: P-3');
  });
});

describe('when a pull changes who is asked, and not who was', () => {
  it('what waits goes to the new superior of whoever ordered', async () => {
    const desk = await clockDesk();
    await pull(desk, 'P-1', {}, { refs: { superior: 'P-4' } });
    expect(await desk.held()).toBe('active: P-4');
    expect(await desk.told()).toEqual(['approval.asked P-2', 'approval.asked P-4', 'approval.recalled P-2']);
  });

  it('what waits goes to the superior at the second level, when the first one gets another', async () => {
    const desk = await clockDesk({ approvers: [{ superior: 2 }] });
    expect(await desk.held()).toBe('active: P-3');
    await pull(desk, 'P-2', {}, { refs: { superior: 'P-4' } });
    expect(await desk.held()).toBe('active: P-4');
  });

  it('what waits goes to the new account manager, and back to a superior who returns', async () => {
    const desk = await clockDesk({ approvers: [{ accountManager: true }] });
    await desk.person('P-7', { name: 'Ole Thomsen' });
    await desk.rows('update contacts set account_id = null where id = ?', [desk.id('P-7')]);
    await tend(desk);
    await pull(desk, 'A-1', { accountManager: 'Maren Timm' }, { entity: 'account' });
    expect(await desk.held()).toBe('active: P-3');
    await pull(desk, 'P-3', { status: 'inactive' });
    expect(await desk.held()).toBe('active: P-4');
  });

  it('what waits is of the company that its account has been moved to: nobody of the old one decides it', async () => {
    const desk = await clockDesk({ approvers: [{ role: 'purchasing_manager', in: 'company' }] });
    await desk.alter('P-9', { roles: ['administrator'] });
    expect(await desk.held()).toBe('active: P-3');
    await pull(desk, 'A-2', {}, { entity: 'account', refs: { parent: 'B-1' } });
    expect(await desk.held()).toBe('active: P-2');
    expect(await desk.rows('select company_id from orders')).toEqual([{ company_id: desk.id('B-1') }]);
    await expect(desk.approve('P-3')).rejects.toMatchObject({ code: 'NOT_ALLOWED' });
    await pull(desk, 'P-2', { status: 'inactive' });
    expect(await desk.held()).toBe('active: P-9');
  });

  /** Who ordered names a superior who has just arrived. */
  async function lateSuperior(desk: Desk) {
    const [source] = await desk.rows<{ id: number }>("select id from sources where connection = 'erp' and entity = 'contact'");
    const waits = { field: 'superior', key: 'p-1', target_key: 'p-7', source_id: source?.id, target_source_id: source?.id };
    await desk.db('pending_references').insert(waits);
    await desk.person('P-7', { name: 'Lene Voss', superior: 'P-4' });
    return { account: 0, contact: Number(source?.id), address: 0, price: 0, stock: 0, rate: 0, document: 0, documentLine: 0 };
  }

  it('nobody is told who arrived while nothing waits', async () => {
    const desk = await clockDesk();
    await desk.rows("update approval_steps set state = 'void'");
    const ids = await lateSuperior(desk);
    expect(await desk.db.transaction((trx) => resolveReferences(trx, ids))).toEqual(new Map());
    expect(await desk.rows('select superior_id from contacts where id = ?', [desk.id('P-1')])).toEqual([{ superior_id: desk.id('P-7') }]);
  });

  it('what waits goes to a superior who arrives later than whoever names them', async () => {
    const desk = await clockDesk();
    const ids = await lateSuperior(desk);
    const lent = { holdersChanged: (trx: Transaction, ids: readonly string[], now: Date) => holdersChanged(trx, desk.settings, ids, now) };
    await desk.db.transaction(async (trx) => tellOfArrivals(lent, trx, await resolveReferences(trx, ids), desk.clock.now));
    expect(await desk.rows('select person_id from step_holders')).toEqual([{ person_id: desk.id('P-7') }]);
  });
});

describe('a step whose rules nobody can read', () => {
  const spoil = (desk: Desk, version: number) =>
    desk.rows('update policies set document = ? where version = ?', [JSON.stringify({ mode: 'own', rules: [{ name: 'later' }] }), version]);

  it('keeps no other from whoever decides it now, stands on the radar with its cure, and goes on when they can be read', async () => {
    const stage = { approvers: [{ role: 'purchasing_manager', in: 'company' }] };
    const desk = await clockDesk(stage);
    const [{ document } = { document: {} }] = await desk.rows<{ document: object }>('select document from policies');
    await desk.put(document);
    const { order } = await desk.submit({ reference: 'R-2' });
    await spoil(desk, 1);
    await pull(desk, 'P-3', { roles: [] });
    const holders = 'select h.person_id as who from step_holders h join approval_steps s on s.id = h.step_id where s.order_id = ?';
    expect(await desk.rows(holders, [order.id])).toEqual([{ who: desk.id('P-2') }]);
    const { items } = await loadRadar(desk.db, { now: desk.clock.now, limit: 10 });
    expect(items).toMatchObject([
      {
        ...{ kind: 'nobody', state: 'stuck, 1 may decide', since: desk.clock.now },
        ...{ reason: expect.stringMatching(/version 1 of the rules of Hansa cannot be used: .*; revise the orders that wait by it/) },
        ...{ cure: expect.stringContaining('kontor orders rejudge') },
      },
    ]);
    await desk.rows('update policies set document = ? where version = 1', [JSON.stringify(document)]);
    await tend(desk);
    expect(await desk.rows(holders, [desk.order.id])).toEqual([{ who: desk.id('P-2') }]);
    expect((await loadRadar(desk.db, { now: desk.clock.now, limit: 10 })).items).toEqual([]);
  });

  it('is told once, by the job and to the named person, and fails no transaction', async () => {
    const desk = await clockDesk();
    await desk.submit({ reference: 'R-2' });
    const context = { ...desk.context, settings: { ...desk.settings, approvals: { radarPerson: 'P-5' } } };
    await desk.alter('P-2', { status: 'inactive' });
    await spoil(desk, 1);
    let rolledBack = 0;
    desk.db.on('query', ({ sql }: { sql: string }) => {
      if (/^rollback/i.test(sql)) rolledBack += 1;
    });
    const looks = [await tendSteps(desk.context), await tendSteps(desk.context)].map(({ stuck }) => stuck);
    expect(looks).toMatchObject([[{ code: 'RULES_INVALID', stepIds: [expect.any(String), expect.any(String)] }], []]);
    expect([await tellOfRadar(context), await tellOfRadar(context)]).toEqual([2, 0]);
    expect(rolledBack).toBe(0);
  });
});

describe('when mails to an approver come back', () => {
  it('what they hold goes to the next one', async () => {
    const desk = await clockDesk();
    const [{ email } = { email: '' }] = await desk.rows<{ email: string }>('select email from contacts where id = ?', [desk.id('P-2')]);
    await desk.db.raw(`insert into bounced_addresses (address, bounced_at, reason) values (lower(?), now(), '550 no such user')`, [email]);
    await tend(desk);
    expect(await desk.held()).toBe('active: P-3');
  });
});

describe('the radar', () => {
  const leave = async (desk: Desk) => {
    for (const person of ['P-2', 'P-3', 'P-4']) await desk.alter(person, { status: 'inactive' });
    await tend(desk);
  };

  it('shows a step nobody may decide with its cure, and nothing of what was ordered', async () => {
    const desk = await clockDesk();
    await leave(desk);
    const { counts, items } = await loadRadar(desk.db, { now: desk.clock.now, limit: 10 });
    expect(counts).toEqual({ nobody: 1, waited: 0, handoff: 0, notice: 0, budget: 0 });
    expect(items[0]).toMatchObject({ kind: 'nobody', what: 'superior', reason: expect.stringContaining('nobody may decide') });
    expect(JSON.stringify(items)).not.toMatch(/4711|Ladle|50\.00|5000|Greta/);
  });

  it('shows what waited beyond its ladder, and of one origin only where a key sees no other', async () => {
    const desk = await clockDesk({ ladder: ['list'] });
    await desk.at('2026-11-25T09:00');
    const look = (origin: string) => loadRadar(desk.db, { now: desk.clock.now, limit: 10, origin });
    expect((await look('shop')).items).toMatchObject([{ kind: 'waited', state: 'active, 1 may decide', since: desk.clock.now }]);
    expect((await look('another')).items).toEqual([]);
  });

  it('is told to a named person once for each step and rung, without contents', async () => {
    const desk = await clockDesk({ ladder: ['list'] });
    const context = { ...desk.context, settings: { ...desk.settings, approvals: { radarPerson: 'P-5' } } };
    await desk.at('2026-11-25T09:00');
    expect([await tellOfRadar(context), await tellOfRadar(context)]).toEqual([1, 0]);
    const [notice] = await desk.rows(`select person_id, facts from notifications where event = 'radar.listed'`);
    expect(notice).toEqual({
      person_id: desk.id('P-5'),
      facts: { standing: 'waited', reason: 'nobody decided, and the ladder of its rules is at its end', since: '2026-11-25T09:00:00.000Z' },
    });
    await leave(desk);
    expect(await tellOfRadar(context)).toBe(1);
    const [left] = await desk.rows(
      `select facts ->> 'standing' as standing from notifications where event = 'radar.listed' order by id desc`,
    );
    expect(left).toEqual({ standing: 'nobody' });
  });

  it('is told to nobody who has left, and to another one instead, also of what did not leave', async () => {
    const desk = await clockDesk({ ladder: ['list'] });
    const telling = (radarPerson: string) => tellOfRadar({ ...desk.context, settings: { ...desk.settings, approvals: { radarPerson } } });
    await desk.at('2026-11-25T09:00');
    expect(await telling('P-5')).toBe(1);
    await desk.alter('P-5', { status: 'inactive' });
    await expect(telling('P-5')).rejects.toMatchObject({ code: 'NOT_ALLOWED', message: expect.stringContaining('Olaf Lund is inactive') });
    await desk.rows("update notifications set state = 'suppressed', code = 'PERSON_GONE' where event = 'radar.listed'");
    expect([await telling('P-4'), await telling('P-4')]).toEqual([1, 0]);
    const notices = await desk.rows("select person_id, state from notifications where event = 'radar.listed'");
    expect(notices).toEqual([{ person_id: desk.id('P-4'), state: 'queued' }]);
  });

  it('names a radar person that nobody is', async () => {
    const desk = await clockDesk();
    const context = { ...desk.context, settings: { ...desk.settings, approvals: { radarPerson: 'P-99' } } };
    await expect(tellOfRadar(context)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
