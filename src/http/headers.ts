/** What every answer tells browsers: keep nothing, guess nothing, run nothing, show it in nobody's frame. */
import type { HttpServer } from './desk.ts';

const ALWAYS = {
  'cache-control': 'no-store',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'x-robots-tag': 'noindex',
};

const A_YEAR_S = 31_536_000;

/** `isHttps`: people reach us through TLS, which ends before us; then browsers are told to come back that way only. */
export function addHeaders(app: HttpServer, { isHttps }: { isHttps: boolean }): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...ALWAYS, 'x-request-id': request.id, ...(isHttps && { 'strict-transport-security': `max-age=${A_YEAR_S}` }) });
  });
}
