/** What was handed off beside what a simulated ERP holds, both ways. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { template } from '../../connectors/_template/index.ts';
import type { ConnectionSettings } from '../../src/config/settings.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import { reconcile } from '../../src/orders/reconcile.ts';
import { listReconciliations } from '../../src/store/orders/reconciliations.ts';
import { storeDocument } from './feedback-setup.ts';
import { type HandoffSetup, setupHandoff } from './handoff-setup.ts';

let setup: HandoffSetup;
beforeEach(async () => {
  setup = await setupHandoff();
});
afterEach(async () => {
  await setup.erp.close();
});

async function accepted(reference: string): Promise<{ erpId: string; externalKey: string }> {
  const { handoffId, externalKey } = await setup.release(reference);
  expect(await setup.push(handoffId)).toMatchObject({ state: 'accepted' });
  return { externalKey, erpId: setup.there(externalKey)[0]?.id ?? '' };
}

async function compare(request: { since?: Date; trigger?: string; context?: HandoffSetup['context'] } = {}) {
  const { context = setup.context, trigger = 'schedule', ...rest } = request;
  return reconcile(context, { connection: 'erp', trigger, ...rest });
}

/** The connection as if it pulled documents, too. */
function pullingDocuments(): HandoffSetup['context'] {
  const erp = setup.settings.connections.get('erp') as ConnectionSettings;
  const entities = [...erp.entities, { entity: 'document' as const, read: {}, mapping: {} }];
  return { ...setup.context, settings: { ...setup.settings, connections: new Map([['erp', { ...erp, entities }]]) } };
}

it('finds nothing where all is well, and says what it could not compare', async () => {
  await accepted('W-1');
  expect(await compare()).toMatchObject({ compared: 1, findings: [], notes: [expect.stringContaining('pulls no documents')] });
  expect(await listReconciliations(setup.db, { limit: 5 })).toMatchObject([{ connection: 'erp', compared: 1, findings: [] }]);
});

it('names what is missing, doubled and differing there', async () => {
  const [missing, doubled, differing] = [await accepted('W-1'), await accepted('W-2'), await accepted('W-3')];
  await accepted('W-4');
  setup.world.remove('order', missing.erpId);
  const { reference, soldTo, lines } = setup.there(doubled.externalKey)[0] ?? {};
  setup.world.placeOrder({ reference: reference ?? '', soldTo: soldTo ?? '', lines: lines ?? [] });
  setup.world.change('order', differing.erpId, { lines: [{ product: '4711', quantity: '3', unitPrice: '12.50', lineReference: null }] });
  const { compared, findings } = await compare();
  expect(compared).toBe(4);
  expect(findings).toMatchObject([
    { kind: 'missing', reference: missing.externalKey, numbers: [] },
    { kind: 'doubled', reference: doubled.externalKey },
    { kind: 'differing', reference: differing.externalKey, text: expect.stringContaining('quantity 2 approved, 3 confirmed') },
  ]);
  expect(findings[1]?.numbers).toHaveLength(2);
});

it('names orders that were pulled from there with a reference of ours and are none of ours', async () => {
  const { externalKey } = await accepted('W-1');
  const waiting = await setup.release('W-2');
  const now = setup.clock.now;
  for (const [reference, number] of [
    [externalKey, 'SO-1'],
    [waiting.externalKey, 'SO-2'],
    ['KO-999', 'SO-3'],
    ['KO-X', 'SO-4'],
    ['4500012', 'SO-5'],
  ])
    await storeDocument(setup.db, now, { kind: 'order', reference, number, state: 'open' });
  await storeDocument(setup.db, now, { kind: 'order', reference: 'KO-998', number: 'SO-6', state: 'cancelled' });
  const { findings, notes } = await compare({ context: pullingDocuments() });
  expect(notes).toEqual([]);
  expect(findings.map(({ kind, reference, numbers }) => `${kind} ${reference} ${numbers}`)).toEqual([
    `unknown ${waiting.externalKey} SO-2`,
    'unknown KO-999 SO-3',
  ]);
});

it('goes on where it was killed, and compares nothing twice', async () => {
  for (let turn = 0; turn < 27; turn += 1) await accepted(`W-${turn}`);
  const target = template.orders;
  if (!target) throw new Error('the template takes orders');
  let left = 26;
  const find: typeof target.find = (...asked) => {
    left -= 1;
    if (left < 0) throw new Error('the process dies here');
    return target.find(...asked);
  };
  const dying: AnyConnector = { ...template, orders: { ...target, find } };
  await expect(compare({ context: { ...setup.context, connectors: [dying] } })).rejects.toThrow('dies');
  expect(await setup.rows('select compared, finished_at from reconciliations')).toEqual([{ compared: 25, finished_at: null }]);
  const before = setup.erp.requests.length;
  expect(await compare()).toMatchObject({ compared: 27, findings: [] });
  // Two orders, each looked for among the open ones and in the archive.
  expect(setup.erp.requests.length - before).toBe(4);
  expect(await setup.rows('select id from reconciliations')).toHaveLength(1);
});

it('compares what was accepted since the day that was named', async () => {
  await accepted('W-1');
  setup.clock.now = new Date('2026-11-25T09:00:00Z');
  await accepted('W-2');
  expect(await compare({ since: new Date('2026-11-25T00:00:00Z'), trigger: 'cli' })).toMatchObject({ compared: 1 });
  expect(await compare()).toMatchObject({ compared: 2 });
});
