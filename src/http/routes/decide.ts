/**
 * Decision links (SEMANTICS 2.19). Opening one changes nothing, however often and by whomever it is opened; the form decides. It needs
 * no defence against forged requests of its own, since the signed token is in its body and in no cookie.
 */
import formbody from '@fastify/formbody';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { KontorError } from '../../errors.ts';
import { decideByLink, openLink } from '../../orders/open-link.ts';
import { loadDecisionSheet } from '../decision-sheet.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { answerLinkFailure } from '../link-failures.ts';
import { decidedPage, decidePage, otherwisePage } from '../pages/decide-page.ts';
import { sendPage } from '../pages/page.ts';
import { linkToken } from '../shapes/link-token.ts';

const said = z.object({
  token: linkToken,
  verdict: z.enum(['approve', 'decline']),
  comment: z.string().trim().max(4_000).default(''),
});

export async function addDecideRoutes(app: HttpServer, { lend, wake }: Desk): Promise<void> {
  await app.register(formbody, { bodyLimit: 64 * 1_024 });
  app.setErrorHandler(answerLinkFailure(lend, 'decide'));
  const config = { scope: 'open' } as const;

  async function show(given: string, action: string, reply: FastifyReply): Promise<FastifyReply> {
    const context = lend();
    const opened = await openLink(context, given);
    return sendPage(reply, 200, decidePage(await loadDecisionSheet(context, opened, { token: given, action })));
  }

  // Mail programs and what counts their clicks hang parameters of their own to an address.
  app.get('/decide', { config, schema: { hide: true, querystring: z.object({ token: linkToken }) } }, async ({ query }, reply) =>
    show(query.token, 'decide', reply),
  );
  app.get('/decide/:token', { config, schema: { hide: true, params: z.object({ token: linkToken }) } }, async ({ params }, reply) =>
    show(params.token, '../decide', reply),
  );
  app.post('/decide', { config, schema: { hide: true, body: said } }, async ({ body }, reply) => {
    const context = lend();
    const given = { token: body.token, action: 'decide' };
    const decided = await decideByLink(context, body.token, { verdict: body.verdict, comment: body.comment || null }).catch(opposite);
    if (decided?.handoffId) wake.handoffs([decided.handoffId]);
    const opened = await openLink(context, body.token);
    const decision = decided?.already ?? opened.decision;
    if (!decision) throw new Error(`a decision on order ${opened.order.id} was recorded and is not there`);
    const sheet = await loadDecisionSheet(context, opened, given);
    return decided ? sendPage(reply, 200, decidedPage(sheet, decision)) : sendPage(reply, 409, otherwisePage(sheet, decision));
  });
}

/** `null` where it was decided the other way, which the page tells with who and when. */
function opposite(error: unknown): null {
  if (error instanceof KontorError && error.code === 'ORDER_CONFLICT' && error.details.verdict !== undefined) return null;
  throw error;
}
