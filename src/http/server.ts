/** The HTTP interface: a face of the same flows as the command line, with no rules of its own. */
import Fastify from 'fastify';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod';
import { NeedsOperatorError } from '../errors.ts';
import { admitByKey } from './admission.ts';
import type { Desk, HttpServer } from './desk.ts';
import { answerError, describeError, RequestInvalid } from './error-answer.ts';
import { addHeaders } from './headers.ts';
import type { Lend } from './http-context.ts';
import { describeApi } from './open-api.ts';
import { logRequests, requestIdOf } from './request-log.ts';
import { addApprovalRoutes } from './routes/approvals.ts';
import { addBudgetClosingRoutes } from './routes/budget-closing.ts';
import { addBudgetTransferRoutes } from './routes/budget-transfers.ts';
import { addBudgetRoutes } from './routes/budgets.ts';
import { addChangeRoutes } from './routes/change.ts';
import { addDecideRoutes } from './routes/decide.ts';
import { addHealthRoutes } from './routes/health.ts';
import { addOrderChangeRoutes } from './routes/order-changes.ts';
import { addOrderRoutes } from './routes/orders.ts';
import { addRadarRoutes } from './routes/radar.ts';
import { addReceiptRoutes } from './routes/receipt.ts';
import { addReorderRoutes } from './routes/reorder.ts';
import { addResyncRoutes } from './routes/resync.ts';
import { addRunRoutes } from './routes/runs.ts';
import { watchStop } from './stopping.ts';
import { createWaker } from './wake.ts';

export interface ServerOptions {
  readonly version: string;
  /** Where people reach it. */
  readonly publicUrl?: string | undefined;
}

/** Enough for everything but an order of thousands of lines, which says so itself. */
const BODY_LIMIT = 64 * 1_024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Of a path; references of storefronts have up to 100 characters, three bytes each, which a path writes with three. */
const LONGEST_PARAM = 1_024;

const ROUTES = [
  addHealthRoutes,
  addOrderRoutes,
  addOrderChangeRoutes,
  addReceiptRoutes,
  addReorderRoutes,
  addApprovalRoutes,
  addBudgetRoutes,
  addBudgetTransferRoutes,
  addBudgetClosingRoutes,
  addRadarRoutes,
  addRunRoutes,
  addResyncRoutes,
  addDecideRoutes,
  addChangeRoutes,
];

export async function buildServer(lend: Lend, { version, publicUrl }: ServerOptions): Promise<HttpServer> {
  const app: HttpServer = Fastify({
    logger: false,
    genReqId: requestIdOf,
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    routerOptions: { maxParamLength: LONGEST_PARAM },
    forceCloseConnections: 'idle',
    // Who asks on a connection that stays open while we stop is answered; the connection is closed after it.
    return503OnClosing: false,
    frameworkErrors: (error, request, reply) => answerError(lend)(error, request, reply as never),
    clientErrorHandler: refuseConnection,
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler).setSerializerCompiler(serializerCompiler);
  app.removeContentTypeParser('text/plain');
  addHeaders(app, { isHttps: publicUrl?.startsWith('https:') === true });
  logRequests(app, lend);
  admitByKey(app, lend);
  app.setErrorHandler(answerError(lend));
  app.setNotFoundHandler(() => {
    throw new NeedsOperatorError('NOT_FOUND', 'there is nothing at this address with this method; `/v1/openapi.json` lists what there is');
  });
  const desk: Desk = { lend, wake: createWaker(lend), isStopping: watchStop(app) };
  app.addHook('onClose', () => desk.wake.settled());
  await describeApi(app, version);
  for (const add of ROUTES) await app.register(async (group) => add(group, desk));
  await app.ready();
  return app;
}

/** What does not even become a request: broken syntax, too many headers, too slow. */
function refuseConnection(error: NodeJS.ErrnoException, socket: import('node:net').Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return;
  const [status, words] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ['431 Request Header Fields Too Large', 'the headers are too large; send fewer']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ['408 Request Timeout', 'the request took too long to arrive; send it again']
        : ['400 Bad Request', 'this is no HTTP request; correct it'];
  const body = JSON.stringify({ error: describeError(new RequestInvalid(words), 400, '-') });
  socket.end(
    `HTTP/1.1 ${status}\r\ncontent-type: application/json; charset=utf-8\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
