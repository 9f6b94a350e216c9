import { describe, expect, it } from 'vitest';
import { setupOrders } from '../flows/order-setup.ts';
import { standStill } from '../flows/radar-setup.ts';
import { kontorHere } from './run-here.ts';
import { makeFolder } from './run-kontor.ts';

async function place(stands = true) {
  const setup = await setupOrders({ orders: { target: 'erp' } });
  if (stands) await standStill(setup);
  const where = { cwd: await makeFolder(), env: { DATABASE_URL: setup.url } };
  return { ...setup, radar: (...args: string[]) => kontorHere(['radar', ...args], where) };
}

describe('kontor radar', () => {
  it('names what stands still by kind, since when, why and with what cure, and nothing of what was ordered', async () => {
    const { radar } = await place();
    const { code, stdout } = await radar();
    expect(code).toBe(0);
    expect(stdout.trimEnd().split('\n')).toEqual([
      '1 step that nobody may decide',
      '  KO-1, Hansa Nord, superior (exhausted, 0 may decide, since 2026-11-23 09:00:00Z)',
      expect.stringMatching(/^ {4}nobody may decide/),
      expect.stringContaining(
        '    -> give the account an approver in the ERP and pull, or put rules that name one and let the order meet them: `kontor orders rejudge KO-1`; `kontor orders why KO-1`',
      ),
      '',
      '1 step that waited beyond its ladder',
      '  KO-2, Hansa Nord, superior (active, 1 may decide, since 2026-11-23 09:00:00Z)',
      '    nobody decided in time',
      '    -> ask those who may decide: `kontor orders show KO-2`, or name a deputy: `kontor deputies add`',
      '',
      '1 hand-off that stands still',
      '  KO-3, Hansa Nord, erp (refused, since 2026-11-23 09:00:00Z)',
      '    ORDER_REFUSED: the article is blocked',
      '    -> mend what the reason names, then `kontor orders resend KO-3`',
      '',
      '1 notice that could not be sent',
      '  KO-2, Hansa Nord, approval.asked (failed, since 2026-11-23 09:00:00Z)',
      '    the profile has no mail address',
      '    -> correct the mail address in the profile, or the mail settings; the reader is told nothing until then',
    ]);
    expect(stdout).not.toMatch(/KO-4|4711|Ladle|12\.50|Greta|Maren/);
  });

  it('answers programs with the same in JSON', async () => {
    const { radar, rows } = await place();
    const { counts, items } = JSON.parse((await radar('--json')).stdout);
    expect(counts).toEqual({ nobody: 1, waited: 1, handoff: 1, notice: 1, budget: 0 });
    expect(items.map(({ kind, externalKey }: { kind: string; externalKey: string }) => `${kind} ${externalKey}`)).toEqual([
      'nobody KO-1',
      'waited KO-2',
      'handoff KO-3',
      'notice KO-2',
    ]);
    const [handoff] = await rows<{ id: string; order_id: string }>("select id, order_id from handoffs where state = 'refused'");
    expect(items[2]).toEqual({
      kind: 'handoff',
      id: handoff?.id,
      orderId: handoff?.order_id,
      externalKey: 'KO-3',
      account: 'Hansa Nord',
      what: 'erp',
      state: 'refused',
      reason: 'ORDER_REFUSED: the article is blocked',
      since: '2026-11-23T09:00:00.000Z',
      cure: 'mend what the reason names, then `kontor orders resend KO-3`',
    });
    expect(JSON.stringify(items)).not.toMatch(/4711|Ladle|12\.5|Greta|Maren/);
  });

  it('shows as many of each kind as are wanted, the oldest first, and says how many there are', async () => {
    const { radar, rows } = await place();
    await rows("update approval_steps set state = 'exhausted' where state = 'active'");
    const { stdout } = await radar('--limit', '1');
    expect(stdout).toContain('3 steps that nobody may decide, the oldest 1 of them here');
    const { counts, items } = JSON.parse((await radar('--limit', '1', '--json')).stdout);
    expect([counts.nobody, items.length]).toEqual([3, 3]);
    expect(await radar('--limit', '0')).toMatchObject({ code: 2, stderr: expect.stringContaining('a whole number from 1 to 1000') });
  });

  it('says so when nothing stands still', async () => {
    const { radar } = await place(false);
    expect(await radar()).toMatchObject({ code: 0, stdout: 'nothing stands still\n' });
    expect(JSON.parse((await radar('--json')).stdout)).toEqual({
      counts: { nobody: 0, waited: 0, handoff: 0, notice: 0, budget: 0 },
      items: [],
    });
  });
});
