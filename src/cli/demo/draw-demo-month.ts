/** The month as a list of what happened when, by the clock on the wall there, and what the ledger says at its end. */
import { sayLocal } from '../../domain/work-calendar/wall-clock.ts';
import { formatMoney } from '../format.ts';
import { drawTable } from '../table.ts';
import { plain, type Terminal } from '../terminal.ts';
import { ZONE } from './month-story.ts';
import type { ToldEvent, ToldMonth } from './told-month.ts';

const right = 'right' as const;

const MAILS: Readonly<Record<string, string>> = {
  'approval.asked': 'is asked',
  'approval.reminder': 'is reminded',
  'approval.escalated': 'is asked, too, for time has run out',
  'approval.recalled': 'is told that nothing is needed any more',
  'order.approved': 'is told of the approval',
  'order.declined': 'is told of the decline',
  'budget.alert': 'is warned of the budget',
  'absence.handover': 'is asked to hand over what waits',
};

export function* drawDemoMonth({ periods, events }: ToldMonth, mailFolder: string, terminal: Terminal): Generator<string> {
  const { paint } = terminal;
  yield paint.bold('A month of budgets and approvals, played on a clock that is passed in');
  const rows = events.flatMap((event) => {
    const what = sayEvent(event);
    return what ? [[sayLocal(event.at, ZONE), what]] : [];
  });
  yield* drawTable([{ title: 'in Lübeck' }, { title: 'what happened', least: 20 }], rows, terminal);
  yield '';
  const columns = [
    { title: 'period' },
    { title: 'state' },
    ...['allocated', 'carried', 'reserved', 'committed', 'left', 'overridden'].map((title) => ({ title, align: right })),
  ];
  yield* drawTable(
    columns,
    periods.map(({ key, state, currency, allocated, carried, reserved, committed, left, overridden }) => [
      key,
      state.replaceAll('_', ' '),
      ...[allocated, carried, reserved, committed, left, overridden].map((minor) => formatMoney(minor, currency)),
    ]),
    terminal,
  );
  yield paint.dim(`The mails are in ${mailFolder}; any mail program opens them.`);
}

function sayEvent(event: ToldEvent): string | null {
  switch (event.kind) {
    case 'opened': {
      const carried = event.carried > 0 ? `, and ${formatMoney(event.carried, event.currency)} carried over` : '';
      return `budget ${event.period} opens with ${formatMoney(event.allocated, event.currency)}${carried}`;
    }
    case 'alert':
      return `${event.percent} % of ${event.period} are used: ${formatMoney(event.used, event.currency)}`;
    case 'mail':
      return MAILS[event.event] ? `  ${plain(event.reader)} ${MAILS[event.event]}` : null;
    case 'order':
      return sayOrder(event);
  }
}

function sayOrder({ reference, happened, facts }: Extract<ToldEvent, { kind: 'order' }>): string | null {
  const by = plain(facts.by as string | null);
  const people = (key: string) =>
    Array.isArray(facts[key]) ? facts[key].map((one: { name?: unknown }) => plain(one.name)).join(', ') : '';
  switch (happened) {
    case 'submitted':
      return `${reference} is ordered by ${by}`;
    case 'step_assigned':
      return `${reference} waits for ${people('holders')}`;
    case 'step_escalated':
      return people('people') ? `${reference} was not decided in working time: ${people('people')} is asked, too` : null;
    case 'approved':
      return `${reference} is approved by ${by}: ${plain(facts.comment as string | null)}`;
    case 'released':
      return `${reference} is released`;
    default:
      return null;
  }
}
