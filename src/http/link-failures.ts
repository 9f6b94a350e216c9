/** What went wrong behind a link, told to whoever opened it. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type LinkKind, personOfLink } from '../approvals/links.ts';
import { changeEntries } from '../notify/tell/order-parts.ts';
import type { Tongue } from '../notify/tongue.ts';
import { loadAddressesOf, loadToldOrders } from '../store/mail/told-orders.ts';
import { loadRevision } from '../store/orders/orders.ts';
import { asKontorError, describeError, statusOf, tellOperator } from './error-answer.ts';
import type { HttpContext, Lend } from './http-context.ts';
import { loadLinkReader } from './link-reader.ts';
import { failedPage, type LinkFailure } from './pages/failed-page.ts';
import { sendPage } from './pages/page.ts';

export function answerLinkFailure(lend: Lend, kind: LinkKind) {
  return async (error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const known = asKontorError(error, request);
    const status = known ? statusOf(known) : 500;
    if (status >= 500) tellOperator(lend, { error, status, known }, request);
    const { code, message } = describeError(known, status, request.id);
    const context = lend();
    const personId = await personOfLink(context.settings.http, kind, tokenOf(request));
    // Without a database nobody knows the reader either.
    const { tongue } = await loadLinkReader(context, personId).catch(() => loadLinkReader(context, null));
    const told = code === 'LINK_REFUSED' ? await sayFault(context, known?.details, tongue) : NOTHING;
    return sendPage(reply, status, failedPage({ code, message, ...told }, tongue));
  };
}

const NOTHING: Pick<LinkFailure, 'said' | 'changes'> = { said: null, changes: [] };

/** As those who refuse links tell it. */
const fault = z.union([
  z.object({ link: z.literal('expired'), kind: z.enum(['decide', 'change']), at: z.string() }),
  z.object({ link: z.literal('forged') }),
  z.object({ link: z.enum(['outdated', 'ended']), orderId: z.string(), from: z.number() }),
]);

async function sayFault({ db }: HttpContext, details: unknown, tongue: Tongue): Promise<Pick<LinkFailure, 'said' | 'changes'>> {
  const { data } = fault.safeParse(details);
  if (!data) return NOTHING;
  if (data.link === 'forged') return { said: tongue.say('page.link.forged'), changes: [] };
  if (data.link === 'expired') {
    const key = data.kind === 'change' ? 'page.link.over' : 'page.link.expired';
    return { said: tongue.say(key, { when: tongue.instant(data.at) }), changes: [] };
  }
  const { orderId, from, link } = data;
  const order = (await loadToldOrders(db, [orderId])).get(orderId);
  if (!order) return NOTHING;
  const { reference } = order;
  if (link === 'ended') return { said: tongue.say('page.link.ended', { reference }), changes: [] };
  const [seen, newest] = await Promise.all([loadRevision(db, orderId, from), loadRevision(db, orderId)]);
  const addresses = await loadAddressesOf(db, [seen.content, newest.content]);
  return {
    said: tongue.say('page.link.outdated', { version: from, reference }),
    changes: changeEntries(seen, newest, addresses, tongue),
  };
}

function tokenOf({ query, params, body }: FastifyRequest): string {
  for (const part of [query, params, body] as Array<{ token?: unknown } | null | undefined>)
    if (typeof part?.token === 'string' && part.token !== '') return part.token;
  return '';
}
