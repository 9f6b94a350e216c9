/** Links in mails about a change: whoever ordered agrees, or takes back. Opening one changes nothing; the form answers. */
import formbody from '@fastify/formbody';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { answerByLink, CHANGE_VERDICTS, openChangeLink } from '../../orders/open-change-link.ts';
import { loadChangeSheet } from '../change-sheet.ts';
import type { Desk, HttpServer } from '../desk.ts';
import { answerLinkFailure } from '../link-failures.ts';
import { changeAnsweredPage, changePage } from '../pages/change-page.ts';
import { sendPage } from '../pages/page.ts';
import { linkToken } from '../shapes/link-token.ts';

const said = z.object({ token: linkToken, verdict: z.enum(CHANGE_VERDICTS) });

export async function addChangeRoutes(app: HttpServer, { lend, wake }: Desk): Promise<void> {
  await app.register(formbody, { bodyLimit: 64 * 1_024 });
  app.setErrorHandler(answerLinkFailure(lend, 'change'));
  const config = { scope: 'open' } as const;

  async function show(token: string, action: string, reply: FastifyReply): Promise<FastifyReply> {
    const context = lend();
    const opened = await openChangeLink(context, token);
    return sendPage(reply, 200, changePage(await loadChangeSheet(context, opened, { token, action })));
  }

  app.get('/change', { config, schema: { hide: true, querystring: z.object({ token: linkToken }) } }, async ({ query }, reply) =>
    show(query.token, 'change', reply),
  );
  app.get('/change/:token', { config, schema: { hide: true, params: z.object({ token: linkToken }) } }, async ({ params }, reply) =>
    show(params.token, '../change', reply),
  );
  app.post('/change', { config, schema: { hide: true, body: said } }, async ({ body: { token, verdict } }, reply) => {
    const context = lend();
    const { answer, isSame, handoffIds } = await answerByLink(context, token, verdict);
    wake.handoffs(handoffIds);
    const sheet = await loadChangeSheet(context, await openChangeLink(context, token), { token, action: 'change' });
    return sendPage(reply, isSame ? 200 : 409, changeAnsweredPage(sheet, answer, isSame));
  });
}
