/** The verdict on a seed: the ERP's ledger is what is true, and what Kontor wrote down must agree with it. */
import type { World, WorldOrder } from '../simulator/world.ts';
import { BLOCKED, type PlannedOrder } from './scenario.ts';

export type Violation = 'doubled' | 'lost' | 'stuck' | 'out of order' | 'unexplained';

export interface Finding {
  readonly violation: Violation;
  readonly what: string;
}

export interface HandoffRow {
  readonly id: string;
  readonly externalKey: string;
  readonly accountId: string;
  readonly state: string;
  readonly code: string | null;
  readonly reason: string | null;
  readonly erpId: string | null;
  readonly attempts: number;
  readonly tried: ReadonlyArray<{ n: number; outcome: string | null; code: string | null; ended: boolean }>;
}

export const HANDOFFS = `
  select h.id, h.external_key as "externalKey", h.account_id as "accountId", h.state, h.code, h.reason, h.erp_id as "erpId", h.attempts,
    coalesce((select jsonb_agg(jsonb_build_object('n', a.n, 'outcome', a.outcome, 'code', a.code, 'ended', a.ended_at is not null) order by a.n)
      from handoff_attempts a where a.handoff_id = h.id), '[]') as tried
  from handoffs h where h.connection = ? order by h.id`;

export const OPEN = ['pending', 'sending', 'unknown'];
const SHOWN = ['refused', 'parked', 'held', 'doubled'];
const DONE = ['created', 'adopted'];

export interface Judged {
  readonly delivered: number;
  /** Not delivered, and said so: code -> how often. Those that were planned to be refused or held are not among them. */
  readonly shown: ReadonlyMap<string, number>;
  readonly planned: number;
  readonly findings: readonly Finding[];
}

/** `rows` in the order of release, as the planned ones. */
export function judge(rows: readonly HandoffRow[], planned: readonly PlannedOrder[], world: World): Judged {
  const findings: Finding[] = [];
  const find = (violation: Violation, { id, externalKey, state, tried }: HandoffRow, what: string) =>
    findings.push({
      violation,
      what: `${externalKey} (hand-off ${id}, ${state}, ${tried.map(({ outcome }) => outcome).join(' > ')}): ${what}`,
    });
  const shown = new Map<string, number>();
  let delivered = 0;
  let refusedAsPlanned = 0;
  for (const [place, row] of rows.entries()) {
    const there = world.ordersByReference(row.externalKey);
    if (there.length > 1) find('doubled', row, `is there ${there.length} times: ${there.map(({ number, id }) => number ?? id).join(', ')}`);
    if (row.state === 'accepted') {
      if (there.length === 0) find('lost', row, 'is not there');
      else if (!isWhole(there[0], planned[place])) find('lost', row, `is there with other content: ${JSON.stringify(there[0])}`);
      if (there.length === 1) delivered += 1;
    } else if (OPEN.includes(row.state)) find('stuck', row, `was not settled: ${row.code}, ${row.reason}`);
    else if (!SHOWN.includes(row.state) || row.code === null || !row.reason) find('stuck', row, 'stands still and says not why');
    else if (isToStand(planned[place])) refusedAsPlanned += 1;
    else shown.set(row.code, (shown.get(row.code) ?? 0) + 1);
    const gap = unexplained(row);
    if (gap) find('unexplained', row, gap);
  }
  if (rows.length !== planned.length)
    findings.push({ violation: 'lost', what: `${planned.length} were planned and ${rows.length} released` });
  findings.push(...outOfOrder(rows, world));
  return { delivered, shown, planned: refusedAsPlanned, findings };
}

function isToStand(planned: PlannedOrder | undefined): boolean {
  return planned?.product === 'unknown' || planned?.account === BLOCKED;
}

function isWhole(there: WorldOrder | undefined, planned: PlannedOrder | undefined): boolean {
  const isConfirmed = there?.state !== 'draft' || there.steps.length === 0 || there.number !== null;
  return isConfirmed && there?.lines.length === 1 && Number(there.lines[0]?.quantity) === planned?.quantity;
}

/** Each attempt is there, has ended, and every one but the last says what kept it from being the last. */
function unexplained({ attempts, tried, state }: HandoffRow): string | null {
  if (tried.length !== attempts || tried.some(({ n }, place) => n !== place + 1)) return `${attempts} attempts, ${tried.length} told`;
  const open = tried.find(({ ended, outcome }) => !ended || outcome === null);
  if (open) return `attempt ${open.n} has no end`;
  const good = tried.filter(({ outcome }) => DONE.includes(outcome ?? ''));
  if (state === 'accepted' && (good.length !== 1 || good[0]?.n !== attempts)) return 'accepted, but not by its last attempt';
  const mute = tried.find(({ outcome, code }) => !DONE.includes(outcome ?? '') && code === null);
  return mute ? `attempt ${mute.n} does not say why it failed` : null;
}

/** Within an account the ledger holds them in the order of their release; those that stood still were passed, which is meant so. */
function outOfOrder(rows: readonly HandoffRow[], world: World): Finding[] {
  const places = new Map(world.rows('order').map(({ reference }, place) => [reference, place]));
  const findings: Finding[] = [];
  const last = new Map<string, HandoffRow>();
  for (const row of rows) {
    const place = places.get(row.externalKey);
    if (row.state !== 'accepted' || place === undefined) continue;
    const before = last.get(row.accountId);
    if (before && (places.get(before.externalKey) ?? 0) > place) {
      findings.push({
        violation: 'out of order',
        what: `${row.externalKey} was made before ${before.externalKey}, which was released first`,
      });
    }
    last.set(row.accountId, row);
  }
  return findings;
}
