/** What happens in the month that the demo plays, by the clock on the wall in Lübeck. Easter 2026 is on 5 April. */

export const ZONE = 'Europe/Berlin';
export const BUDGET = 'LUEBECK';
/** Of examples/month.yaml. */
export const ORDERS = ['MONTH-1', 'MONTH-2', 'MONTH-3'] as const;

/** The superior of the buyer, who stands in for him meanwhile, and the superior of both. */
export const AWAY = { person: 'P0101', deputy: 'P0119', from: '2026-03-30T00:00', until: '2026-04-13T00:00' };
export const SUPERIOR = 'P0001';

export type Turn =
  | { readonly at: string; readonly kind: 'begin' | 'end' }
  | { readonly at: string; readonly kind: 'absence' }
  | { readonly at: string; readonly kind: 'order'; readonly reference: (typeof ORDERS)[number] }
  | { readonly at: string; readonly kind: 'approve'; readonly reference: (typeof ORDERS)[number]; readonly comment: string };

export const TURNS: readonly Turn[] = [
  { at: '2026-03-02T08:00', kind: 'begin' },
  { at: '2026-03-10T09:10', kind: 'order', reference: 'MONTH-1' },
  { at: '2026-03-24T11:30', kind: 'order', reference: 'MONTH-2' },
  { at: '2026-03-26T16:00', kind: 'absence' },
  // The Thursday before Easter: what is asked at three is not answered before Tuesday.
  { at: '2026-04-02T15:00', kind: 'order', reference: 'MONTH-3' },
  { at: '2026-04-07T11:40', kind: 'approve', reference: 'MONTH-3', comment: 'The Anna sails on Friday' },
  { at: '2026-04-08T18:00', kind: 'end' },
];

/** When the clock looks: enough to be on time, few enough to be quick. */
export const LOOK_EVERY_MINUTES = 120;
