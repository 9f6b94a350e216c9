/** Some orders in one transaction: told apart from those known already, held against the profile, stored and routed. */
import type { Settings } from '../config/settings.ts';
import type { Order } from '../domain/orders/order.ts';
import { OrderInvalid } from '../domain/orders/problem.ts';
import { parseSubmission, type Submission, submissionDigest } from '../domain/orders/submission.ts';
import { type KontorError, NeedsOperatorError, RecordRejectedError, RetryLaterError } from '../errors.ts';
import { connectionLost, type Transaction } from '../store/database.ts';
import { findByReferences, type KnownOrder } from '../store/orders/find-orders.ts';
import { insertOrders } from '../store/orders/insert-orders.ts';
import type { OrderContext } from './order-context.ts';
import { type Routed, settleRoute } from './settle-route.ts';
import { type Draft, validateSubmissions } from './validate.ts';

export interface Taken extends Routed {
  readonly kind: 'taken';
  readonly order: Order;
}

export interface Known {
  readonly kind: 'known';
  readonly order: Order;
}

export interface RefusedOrder {
  readonly kind: 'refused';
  /** As the storefront wrote it; '' when it wrote none. */
  readonly reference: string;
  readonly error: KontorError;
}

export type SubmitOutcome = Taken | Known | RefusedOrder;

interface Candidate {
  readonly submission: Submission;
  readonly digest: string;
}

/** In the caller's transaction. Throws only what may pass by itself. */
export async function submitBatch(
  trx: Transaction,
  { settings, now: clock }: Pick<OrderContext, 'settings' | 'now'>,
  origin: string,
  inputs: readonly unknown[],
): Promise<SubmitOutcome[]> {
  const now = clock();
  const parsed = inputs.map((input) => parse(input));
  const candidates = parsed.filter(isCandidate);
  const settled = new Map<string, Settled>();
  const references = [...new Set(candidates.map(({ submission }) => submission.reference))];
  for (const reference of (await findByReferences(trx, origin, references)).keys()) settled.set(reference, { kind: 'known' });
  const fresh = firstOfEach(candidates.filter(({ submission }) => !settled.has(submission.reference)));
  const drafts = await validateSubmissions(trx, settings.orders, fresh, now);
  const valid: Array<Candidate & { draft: Draft }> = [];
  for (const [index, candidate] of fresh.entries()) {
    const { reference } = candidate.submission;
    const result = drafts[index];
    if (result && 'draft' in result) valid.push({ ...candidate, draft: result.draft });
    else settled.set(reference, refused(reference, new OrderInvalid(`order "${reference}"`, result?.problems ?? [])));
  }
  await takeAll(trx, { settings, origin, now }, valid, settled);
  const newest = await findByReferences(trx, origin, references);
  const firsts = new Set<string>();
  return parsed.map((one) => (isCandidate(one) ? answer(one, settled.get(one.submission.reference), newest, firsts) : one));
}

type Settled = { readonly kind: 'known' } | ({ readonly kind: 'taken' } & Routed) | RefusedOrder;

function parse(input: unknown): Candidate | RefusedOrder {
  const parsed = parseSubmission(input);
  if ('submission' in parsed) return { submission: parsed.submission, digest: submissionDigest(parsed.submission) };
  const reference = referenceOf(input);
  return refused(reference, new OrderInvalid(reference === '' ? 'the order' : `order "${reference}"`, parsed.problems));
}

/** Whatever a storefront may have put there, it must not stop those that come with it. */
function referenceOf(input: unknown): string {
  const given = typeof input === 'object' && input !== null && 'reference' in input ? input.reference : undefined;
  return typeof given === 'string' || typeof given === 'number' ? String(given) : '';
}

function isCandidate(one: Candidate | RefusedOrder): one is Candidate {
  return !('kind' in one);
}

function refused(reference: string, error: KontorError): RefusedOrder {
  return { kind: 'refused', reference, error };
}

function firstOfEach(candidates: readonly Candidate[]): Candidate[] {
  const first = new Map<string, Candidate>();
  for (const candidate of candidates) if (!first.has(candidate.submission.reference)) first.set(candidate.submission.reference, candidate);
  return [...first.values()];
}

/** What the first of a reference became, told to each that carries it. */
function answer(
  { submission: { reference }, digest }: Candidate,
  settled: Settled | undefined,
  newest: ReadonlyMap<string, KnownOrder>,
  firsts: Set<string>,
): SubmitOutcome {
  if (settled?.kind === 'refused') return settled;
  const known = newest.get(reference);
  if (!settled || !known) throw new Error(`order ${reference} was neither taken nor refused`);
  const { order, submittedDigest } = known;
  if (submittedDigest !== digest) return refused(reference, conflict(order));
  const isFirst = !firsts.has(reference);
  firsts.add(reference);
  return settled.kind === 'taken' && isFirst ? { ...settled, order } : { kind: 'known', order };
}

function conflict({ id, externalKey, reference, origin }: Order): NeedsOperatorError {
  return new NeedsOperatorError(
    'ORDER_CONFLICT',
    `reference "${reference}" (${origin}) belongs to order ${externalKey}, which was submitted with other content; use a new reference for a new order, or revise order ${id}`,
    { details: { orderId: id } },
  );
}

interface Taking {
  readonly settings: Settings;
  readonly origin: string;
  readonly now: Date;
}

type Valid = Candidate & { readonly draft: Draft };

/** All together; should one of them fail, each by itself, so that only the bad one is left out. */
async function takeAll(trx: Transaction, taking: Taking, valid: readonly Valid[], settled: Map<string, Settled>): Promise<void> {
  if (valid.length === 0) return;
  try {
    for (const [reference, outcome] of await trx.transaction((inner) => take(inner, taking, valid))) settled.set(reference, outcome);
  } catch (error) {
    passOn(error);
    for (const one of valid) {
      const { reference } = one.submission;
      const taken = await trx.transaction((inner) => take(inner, taking, [one])).catch((cause) => asRefused(reference, cause));
      settled.set(reference, taken instanceof Map ? (taken.get(reference) ?? KNOWN) : taken);
    }
  }
}

const KNOWN = { kind: 'known' } as const;

async function take(trx: Transaction, { settings, origin, now }: Taking, valid: readonly Valid[]): Promise<Map<string, Settled>> {
  const orders = valid.map(({ submission: { reference }, digest, draft }) => {
    return { origin, reference, keyPrefix: settings.orders.keyPrefix, submittedDigest: digest, ...draft };
  });
  const inserted = await insertOrders(trx, orders, now);
  const taken = new Map<string, Settled>();
  // Company by company, whose spend is locked while its rules are asked, so that batches meet in the same order; within one as they came.
  for (const { reference } of [...orders].sort((a, b) => Number(a.companyId) - Number(b.companyId))) {
    const one = inserted.get(reference);
    if (!one) taken.set(reference, KNOWN);
    else taken.set(reference, { kind: 'taken', ...(await settleRoute(trx, settings, one.order, one.revision, now)) });
  }
  return taken;
}

/** What concerns more than this one order: nothing is wrong with it, and it is tried again as a whole. */
function passOn(error: unknown): void {
  const lost = connectionLost(error);
  if (lost) throw lost;
  if (error instanceof RetryLaterError) throw error;
}

function asRefused(reference: string, error: unknown): RefusedOrder {
  passOn(error);
  if (error instanceof NeedsOperatorError || error instanceof RecordRejectedError) return refused(reference, error);
  const message = error instanceof Error ? error.message : String(error);
  return refused(
    reference,
    new NeedsOperatorError('INTERNAL', `order "${reference}" could not be taken: ${message}. This is a defect in Kontor; report it`, {
      cause: error,
    }),
  );
}
