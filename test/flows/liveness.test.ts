import { describe, expect, it } from 'vitest';
import { holdersChanged } from '../../src/orders/holders-changed.ts';
import { tellOfRadar } from '../../src/orders/tell-radar.ts';
import { applyDrafts } from '../../src/store/apply-drafts.ts';
import { createStage, stageTables } from '../../src/store/stage.ts';
import { loadRadar } from '../../src/store/views/radar.ts';
import { clockDesk, tend } from './escalation-setup.ts';

type Desk = Awaited<ReturnType<typeof clockDesk>>;

/** One changed contact as a pull's batch applies it, with what the pull's job does about steps in the same transaction. */
async function pullContact({ db, settings, clock, rows, id }: Desk, externalId: string, change: object, fail = false): Promise<string[]> {
  const [source] = await rows<{ id: number }>("select id from sources where connection = 'erp' and entity = 'contact'");
  const sourceId = Number(source?.id);
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
      await trx.raw(
        `insert into ${stageTables(runId).drafts} (seq, key, external_id, content_digest, fingerprint, origin, draft)
         values (1, ?, ?, gen_random_uuid(), gen_random_uuid(), '{}', ?)`,
        [key, externalId, JSON.stringify(change)],
      );
      const targets = { account: 0, contact: sourceId, address: 0, price: 0, stock: 0, rate: 0, document: 0, documentLine: 0 };
      const batch = { runId, sourceId, entity: 'contact' as const, targets, fromSeq: '1', toSeq: '1', isFirst: false, now: clock.now };
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
    await pullContact(desk, 'P-2', { status: 'inactive' });
    expect(await desk.held()).toBe('active: P-3');
    expect(await desk.told()).toEqual(['approval.asked P-2', 'approval.asked P-3', 'approval.recalled P-2']);
  });

  it('neither is done when the batch fails', async () => {
    const desk = await clockDesk();
    await pullContact(desk, 'P-2', { status: 'inactive' }, true);
    expect(await desk.held()).toBe('active: P-2');
    expect(await desk.rows(`select status from contacts where id = ?`, [desk.id('P-2')])).toEqual([{ status: 'active' }]);
  });

  it('nothing is looked at where nobody of the batch holds anything, or what changed decides nothing', async () => {
    const desk = await clockDesk();
    expect(await pullContact(desk, 'P-5', { status: 'inactive' })).toEqual([]);
    expect(await pullContact(desk, 'P-2', { phone: '0431' })).toEqual([]);
  });

  it('whoever loses the mail address is passed over, unless a portal reaches them', async () => {
    const desk = await clockDesk();
    await pullContact(desk, 'P-2', { email: null, attributes: { portalLogin: 'yes' } });
    expect(await desk.held()).toBe('active: P-2');
    await pullContact(desk, 'P-2', { attributes: null });
    expect(await desk.held()).toBe('active: P-3');
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
    expect(counts).toEqual({ nobody: 1, waited: 0, handoff: 0, notice: 0 });
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
      facts: { reason: 'nobody decided, and the ladder of its rules is at its end', since: '2026-11-25T09:00:00.000Z' },
    });
    await leave(desk);
    expect(await tellOfRadar(context)).toBe(1);
  });

  it('names a radar person that nobody is', async () => {
    const desk = await clockDesk();
    const context = { ...desk.context, settings: { ...desk.settings, approvals: { radarPerson: 'P-99' } } };
    await expect(tellOfRadar(context)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
