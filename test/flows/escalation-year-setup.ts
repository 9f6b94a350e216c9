/** 2026 at Hansa: forty approvers in three levels and two units, who is away when, and two weeks in which nothing runs. */

import { loadMailKit } from '../../src/notify/mail-kit.ts';
import { sendDue } from '../../src/notify/send-due.ts';
import type { MailTransport } from '../../src/notify/transport/mail-transport.ts';
import { decideOrder } from '../../src/orders/decide.ts';
import { escalateApprovals } from '../../src/orders/escalate-approvals.ts';
import { holdersChanged } from '../../src/orders/holders-changed.ts';
import { tellOfRadar } from '../../src/orders/tell-radar.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { insertDelegation, openStepsOf } from '../../src/store/approvals/delegations.ts';
import { recordAbsences } from '../../src/store/work-calendars/absences.ts';
import { type RulesSetup, setupRules } from './rules-setup.ts';

const DAY = 86_400_000;
const FIRST = Date.parse('2026-01-01T00:00:00Z');
/** Monday to Sunday: the week of Easter, and one in September. */
export const OUTAGES = ['2026-03-30', '2026-09-14'] as const;
const LEVELS = { approver: 30, manager: 8, head: 2 } as const;

const RULES = {
  mode: 'own',
  limits: {
    approve: {
      default: 'unlimited',
      roles: {
        unit_approver: { amount: 5_000, currency: 'EUR', per: 'order' },
        manager: { amount: 20_000, currency: 'EUR', per: 'order' },
      },
    },
  },
  rules: [
    {
      name: 'small',
      effect: 'require',
      when: { orderTotal: { lt: 5_000, currency: 'EUR' } },
      stages: [
        {
          approvers: [{ superior: 1 }],
          clock: {
            remindAfter: ['4 business hours', '1 business day'],
            escalateAfter: '2 business days',
            expireAfter: '15 business days',
            onExpire: 'decline',
          },
          ladder: ['add_superior', 'replace', 'list'],
        },
      ],
    },
    {
      name: 'middle',
      effect: 'require',
      when: { orderTotal: { gte: 5_000, lt: 20_000, currency: 'EUR' } },
      stages: [
        { approvers: [{ superior: 1 }], clock: { remindAfter: '1 business day', escalateAfter: '2 business days' } },
        {
          approvers: [{ role: 'manager', in: 'unit' }],
          clock: { remindAfter: '1 business day', escalateAfter: '3 business days' },
          ladder: ['replace'],
        },
      ],
    },
    {
      name: 'large',
      effect: 'require',
      when: { orderTotal: { gte: 20_000, currency: 'EUR' } },
      stages: [
        {
          mode: 'n_of_m',
          n: 2,
          approvers: [{ role: 'head', in: 'company' }],
          clock: { remindAfter: '1 business day', escalateAfter: '4 business days', expireAfter: '30 calendar days', onExpire: 'expire' },
        },
      ],
    },
  ],
};

export interface Year {
  readonly setup: RulesSetup;
  /** `invariant: thing`, by the days on which it did not hold. */
  readonly broken: string[];
  /** What looks did that were repeated at once. */
  readonly repeated: number;
  readonly orders: readonly string[];
}

/** Deterministic, and without a pattern. */
function chance(n: number, of: number): number {
  return ((Math.imul(n + 1, 2_654_435_761) >>> 0) >>> 7) % of;
}

export async function playYear(check: (setup: RulesSetup, ran: boolean) => Promise<string[]>): Promise<Year> {
  const setup = await setupRules('2026-01-01T00:00:00Z');
  const staff = await hire(setup);
  await setup.put('A-1', RULES as never);
  const look = await looker(setup);
  const broken: string[] = [];
  const orders: string[] = [];
  let repeated = 0;
  for (let day = 0; day < 365; day += 1) {
    const start = FIRST + day * DAY;
    const at = (hour: number) => {
      setup.clock.now = new Date(start + hour * 3_600_000);
    };
    const weekday = new Date(start).getUTCDay();
    const works = weekday > 0 && weekday < 6;
    const isOut = OUTAGES.some((monday) => start >= Date.parse(monday) && start < Date.parse(monday) + 7 * DAY);
    at(7);
    if (works && !isOut) await look();
    at(8);
    if (day % 4 === 0) orders.push(await order(setup, orders.length));
    if (day === 181) await leave(setup, 'manager-3');
    if (day === 280) await leave(setup, 'head-2');
    at(10);
    if (works) await decideSome(setup);
    at(14);
    if (works && !isOut) await look();
    if (weekday === 5 && !isOut) repeated += await look();
    at(22);
    for (const what of await check(setup, works && !isOut)) broken.push(`${new Date(start).toISOString().slice(0, 10)} ${what}`);
  }
  if (staff.length !== 40) throw new Error(`there are ${staff.length} approvers`);
  return { setup, broken, repeated, orders };
}

/** Units by turns. Everybody is away twice; every second time somebody of the same level stands in. */
async function hire(setup: RulesSetup): Promise<string[]> {
  for (const known of ['P-1', 'P-2', 'P-3', 'P-4', 'P-5']) await setup.alter(known, { status: 'inactive' });
  const named = (level: keyof typeof LEVELS, n: number) => `${level}-${(n % LEVELS[level]) + 1}`;
  const unit = (n: number) => (n % 2 === 0 ? 'A-2' : 'A-3');
  await setup.person('watch', { name: 'Watch', account: 'A-1' });
  const staff: Array<[name: string, next: string]> = [];
  for (let n = 0; n < LEVELS.head; n += 1) {
    await setup.person(named('head', n), { account: 'A-1', roles: ['head', 'approver'] });
    staff.push([named('head', n), named('manager', n)]);
  }
  for (let n = 0; n < LEVELS.manager; n += 1) {
    await setup.person(named('manager', n), { account: unit(n), superior: named('head', n), roles: ['manager', 'approver'] });
    staff.push([named('manager', n), named('manager', n + 2)]);
  }
  for (let n = 0; n < LEVELS.approver; n += 1) {
    await setup.person(named('approver', n), { account: unit(n), superior: named('manager', n), roles: ['unit_approver', 'approver'] });
    await setup.person(`buyer-${n + 1}`, { account: unit(n), superior: named('approver', n), roles: ['buyer'] });
    staff.push([named('approver', n), named('approver', n + 2)]);
  }
  await setup.db.transaction(async (trx) => {
    for (const [n, [name, next]] of staff.entries()) {
      for (const half of [0, 1]) {
        // From a Monday on, one to three weeks.
        const startsAt = new Date(Date.parse('2026-01-05T00:00:00Z') + (half * 26 + chance(n * 2 + half, 23)) * 7 * DAY);
        const endsAt = new Date(startsAt.getTime() + (1 + chance(n + half, 3)) * 7 * DAY);
        const personId = setup.id(name);
        await recordAbsences(trx, 'hr', [{ personId, externalId: `${name} ${half}`, startsAt, endsAt }], setup.clock.now);
        if ((n + half) % 2 === 1) continue;
        const delegation = { fromPersonId: personId, toPersonId: setup.id(next), orderId: null, startsAt, endsAt, reason: null };
        await insertDelegation(trx, { ...delegation, createdBy: 'hr' }, setup.clock.now);
      }
    }
  });
  return staff.map(([name]) => name);
}

/** What the worker's jobs do, one after the other. Answers how much it was. */
async function looker({ context, settings }: RulesSetup): Promise<() => Promise<number>> {
  const transport: MailTransport = {
    place: 'nowhere',
    send: async () => ({ kind: 'sent', answer: '250 taken' }),
    verify: async () => undefined,
    close: () => undefined,
  };
  const mailer = { kit: await loadMailKit(settings), transport };
  const watched = { ...context, settings: { ...settings, approvals: { ...settings.approvals, radarPerson: 'watch' } } };
  return async () => {
    const { handoffIds } = await tendSteps(watched);
    const { reminded, climbed, listed, ended } = await escalateApprovals(watched);
    const told = await tellOfRadar(watched);
    await sendDue({ db: context.db, settings, mailer, signal: context.signal, now: context.now });
    return handoffIds.length + reminded + climbed + listed + ended + told;
  };
}

async function order(setup: RulesSetup, n: number): Promise<string> {
  const buyer = chance(n, LEVELS.approver);
  const euros = [400, 2_500, 4_999, 9_000, 15_000, 48_000][chance(n * 7, 6)] ?? 400;
  return (await setup.place({ by: `buyer-${buyer + 1}`, account: buyer % 2 === 0 ? 'A-2' : 'A-3', euros })).id;
}

/** Of five orders one is never decided and one declined; holders take from none to six days for each step. */
async function decideSome({ rows, context, clock }: RulesSetup): Promise<void> {
  const waiting = await rows<{ orderId: string; stepId: string; n: string; personId: string }>(
    `select o.id as "orderId", s.id as "stepId", substring(o.reference from '[0-9]+$') as n, min(h.person_id) as "personId"
     from orders o join approval_steps s on s.order_id = o.id and s.state = 'active' join step_holders h on h.step_id = s.id
     join contacts c on c.id = h.person_id and c.status = 'active'
     where o.state = 'pending_approval' and substring(o.reference from '[0-9]+$')::int % 5 <> 0
       and s.assigned_at <= :now::timestamptz - make_interval(days => (o.id * 31 % 7)::int)
       and not exists (select from decisions d where d.step_id = s.id and d.person_id = h.person_id)
       and not exists (select from absences a where a.person_id = h.person_id and a.starts_at <= :now and a.ends_at > :now)
     group by 1, 2, 3`,
    { now: clock.now } as never,
  );
  for (const { orderId, stepId, n, personId } of waiting) {
    const verdict = Number(n) % 5 === 1 ? ('decline' as const) : ('approve' as const);
    await decideOrder(context, { orderId, stepId, personId, verdict, comment: null, channel: 'test' }).catch((error: { code?: string }) => {
      // What a stale screen still offers is refused, and the order goes to whoever holds it now.
      if (error.code !== 'NOT_ALLOWED') throw error;
    });
  }
}

/** As a pull writes it. */
async function leave({ db, id, settings, clock }: RulesSetup, who: string): Promise<void> {
  await db.transaction(async (trx) => {
    const held = await openStepsOf(trx, [id(who)]);
    await trx('contacts')
      .where({ id: id(who) })
      .update({ status: 'inactive', updated_at: clock.now });
    await holdersChanged(trx, settings, held.map(({ stepId }) => stepId), clock.now); // biome-ignore format: one call
  });
}
