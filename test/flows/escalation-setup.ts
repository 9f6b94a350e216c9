/** An order that waits under a clock, and a hand on the clock. Monday 2026-11-23, 10:00 in Berlin. */
import { delegateApprovals } from '../../src/orders/delegate.ts';
import { escalateApprovals } from '../../src/orders/escalate-approvals.ts';
import { tendSteps } from '../../src/orders/tend-steps.ts';
import { desk } from './order-desk.ts';

export const CLOCK = { remindAfter: ['1 business day'], escalateAfter: '2 business days', expireAfter: '20 business days' };

type Desk = Awaited<ReturnType<typeof desk>>;

export interface ClockDesk extends Desk {
  /** `yyyy-MM-ddTHH:mm`, UTC. */
  at(when: string): Promise<void>;
  tick(): ReturnType<typeof escalateApprovals>;
  /** `state: holders by external id` of the newest step that is asked. */
  held(): Promise<string>;
  clocks(): Promise<string[]>;
  /** `event reader` in the order of writing. */
  told(): Promise<string[]>;
  delegate(from: string, to: string, startsAt: string, endsAt: string): Promise<unknown>;
}

/** Greta's order is asked of Jens, whose superior is Maren, whose superior is Ines. */
export async function clockDesk(stage: object = {}, more: object = {}): Promise<ClockDesk> {
  const setup = await desk([{ approvers: [{ superior: 1 }], clock: CLOCK, ...stage }], more);
  const { context, clock, rows, id } = setup;
  const names = new Map(['P-1', 'P-2', 'P-3', 'P-4', 'P-5', 'P-9'].map((name) => [id(name), name]));
  const nameOf = (personId: string | null) => (personId === null ? '' : (names.get(personId) ?? personId));
  return {
    ...setup,
    async at(when) {
      clock.now = new Date(`${when}:00Z`);
      await escalateApprovals(context);
    },
    tick: () => escalateApprovals(context),
    async held() {
      const [step] = await rows<{ id: string; state: string }>(
        `select id, state from approval_steps where state in ('active', 'exhausted') order by id desc limit 1`,
      );
      if (!step) return 'none';
      const holders = await rows<{ p: string; f: string | null }>(
        'select person_id as p, for_person_id as f from step_holders where step_id = ? order by level, person_id',
        [step.id],
      );
      return `${step.state}: ${holders.map(({ p, f }) => nameOf(p) + (f ? ` for ${nameOf(f)}` : '')).join(', ')}`;
    },
    clocks: async () =>
      (
        await rows<{ kind: string; level: number; at: string; effect: string | null; late: boolean | null }>(
          `select kind, level, to_char(due_at, 'YYYY-MM-DD"T"HH24:MI') as at, effect, is_late as late from step_clocks order by step_id, due_at, kind`,
        )
      ).map(({ kind, level, at, effect, late }) => `${kind} ${level} ${at}${effect ? ` ${effect}` : ''}${late ? ' late' : ''}`),
    told: async () =>
      (await rows<{ event: string; who: string }>('select event, person_id as who from notifications order by id')).map(
        ({ event, who }) => `${event} ${nameOf(who)}`,
      ),
    delegate: (from, to, startsAt, endsAt) =>
      delegateApprovals(context, {
        fromPersonId: id(from),
        toPersonId: id(to),
        orderId: null,
        startsAt: new Date(`${startsAt}:00Z`),
        endsAt: new Date(`${endsAt}:00Z`),
        reason: null,
        createdBy: 'test',
      }),
  };
}

export async function tend({ context }: Pick<Desk, 'context'>): Promise<void> {
  await tendSteps(context);
}
