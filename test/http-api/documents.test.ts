import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { STATUS } from '../../src/http/error-answer.ts';
import { openApiDocument } from '../../src/http/start-http.ts';
import { API_SCOPES } from '../../src/store/api-keys.ts';
import { aroundBudgets } from '../flows/budgets-setup.ts';
import type { Answer, Asked } from './http-setup.ts';
import { openShop, type Shop } from './shop.ts';

const page = readFileSync(join(import.meta.dirname, '../../docs/http.md'), 'utf8');

interface Operation {
  operationId: string;
  summary: string;
  security: Array<{ key?: string[] }>;
  parameters?: Array<{ in: string; name: string; required: boolean }>;
  requestBody?: { content: Record<string, { schema: object }> };
  responses: Record<string, { content: Record<string, { schema: object }> }>;
}

interface OpenApi {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

const document = JSON.parse(JSON.stringify(await openApiDocument('1.2.3'))) as OpenApi;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), ...operation })),
);

/** Rows of the table of routes: method, path, scope. */
const told = [...page.matchAll(/^\| `(GET|POST|PUT) (\/\S+)` \| (?:`([a-z:]+)`)? ?\|/gm)].map(([, method = '', path = '', scope]) => ({
  method,
  path,
  scope,
}));

/** References replaced by what they stand for. */
function inline(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(inline);
  if (typeof schema !== 'object' || schema === null) return schema;
  if ('$ref' in schema) return inline(document.components.schemas[String(schema.$ref).replace('#/components/schemas/', '')]);
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, inline(value)]));
}

function faultsOf(operationId: string, { status, body }: Answer): string[] {
  const { responses } = operations.find((one) => one.operationId === operationId) ?? { responses: {} as Operation['responses'] };
  const answer = responses[status] ?? responses[`${String(status)[0]}XX`];
  const schema = answer?.content['application/json']?.schema;
  if (!schema) return [`${operationId} tells of no answer ${status}`];
  const { error } = z.fromJSONSchema(inline(schema) as Parameters<typeof z.fromJSONSchema>[0]).safeParse(body);
  return (error?.issues ?? []).map(({ path, message }) => `${operationId} ${status} ${path.join('.')}: ${message}`);
}

describe('the OpenAPI document', () => {
  it('tells of every route of the page, with its scope, and of no other', () => {
    const known = operations.map(({ method, path, security }) => ({ method, path, scope: security[0]?.key?.[0] }));
    const order = (all: typeof told) => [...all].sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
    expect(document).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' } });
    expect(told.length).toBeGreaterThan(15);
    expect(order(known)).toEqual(order(told));
  });

  it('is whole: ids are unique, references lead somewhere, parts of paths are told, every answer may be an error', () => {
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(([, name = '']) => name);
    expect(references).toContain('Order');
    expect(references.filter((name) => !(name in document.components.schemas))).toEqual([]);
    for (const { path, method, summary, parameters = [], requestBody, responses, security } of operations) {
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(parameters.filter((one) => one.in === 'path').map(({ name }) => name)).toEqual(inPath);
      expect(summary).toMatch(/^[A-Z]/);
      expect(requestBody !== undefined, `${method} ${path}`).toBe(method !== 'GET');
      if (security.length > 0) expect(Object.keys(responses)).toEqual(expect.arrayContaining(['4XX', '5XX']));
    }
  });

  it('describes what an order is, field by field', () => {
    const { requestBody } = operations.find(({ operationId }) => operationId === 'submitOrder') ?? {};
    const body = inline(requestBody?.content['application/json']?.schema) as {
      required: string[];
      properties: Record<string, { description: string }>;
    };
    expect(body.required).toEqual(['reference', 'account', 'orderedBy', 'lines']);
    expect(Object.values(body.properties).every(({ description }) => description.length > 5)).toBe(true);
    const { requestBody: revising } = operations.find(({ operationId }) => operationId === 'reviseOrder') ?? {};
    expect(JSON.stringify(inline(revising))).toContain('purchaseOrderNumber');
  });

  it('is served as it is printed', async () => {
    const { ask } = await openShop();
    expect((await ask('GET', '/v1/openapi.json')).body).toEqual(JSON.parse(JSON.stringify(await openApiDocument('0.0.0'))));
  });

  it('is what answers look like', async () => {
    const shop = await openShop({ asks: true });
    const { submit, get, post, put, db } = shop;
    const unit = { companyId: shop.id('A-1'), ownerKind: 'unit' as const, ownerId: shop.id('A-2'), ownerCode: null };
    const { budget } = aroundBudgets(db, shop.clock);
    await budget({ ...unit, code: 'NORD' });
    await budget({ ...unit, ownerId: shop.id('A-1'), code: 'HANSA' });
    const first = await submit();
    const small = await submit({ reference: 'R-2', lines: [{ product: '4712', quantity: '1' }], onBehalfOf: 'P-2' });
    await db.raw(
      `insert into handoff_attempts (handoff_id, n, holder, started_at, outcome, http_status) select id, 1, 'w', now(), 'created', 201 from handoffs`,
    );
    await db.raw(`update handoffs set state = 'accepted', settled_at = now(), erp_number = 'S1', sent_hash = 'a', confirmed_hash = 'a'`);
    const answers: Array<[string, Answer]> = [
      ['submitOrder', first],
      ['submitOrder', small],
      ['submitOrder', await submit()],
      ['submitOrder', await submit({ account: 'A-7' })],
      ['listOrders', await get('/v1/orders')],
      ['showOrder', await get('/v1/orders/KO-1')],
      ['showOrder', await get('/v1/orders/KO-2')],
      ['showOrder', await get('/v1/orders/KO-9')],
      ['listBudgets', await get('/v1/budgets')],
      ['showBudget', await get('/v1/budgets/NORD')],
      ['budgetStatement', await get('/v1/budgets/NORD/statement')],
      [
        'transferBudget',
        await post('/v1/budgets/NORD/transfers', { reference: 'T', person: 'P-4', from: 'HANSA', amount: 100, reason: 'x' }),
      ],
      ['closeBudget', await post('/v1/budgets/HANSA/close', { reason: 'x' })],
      ['showBudget', await get('/v1/budgets/HANSA')],
      ['reopenBudget', await post('/v1/budgets/HANSA/reopen', {})],
      ['why', await get('/v1/orders/KO-1/why')],
      ['listApprovals', await get('/v1/approvals?person=P-2')],
      ['reviseOrder', await put('/v1/orders/KO-1', { person: 'P-1', from: 1, change: { note: 'x' } })],
      ['agreeToChange', await post('/v1/orders/KO-1/agree', { person: 'P-1' })],
      ['commentOrder', await post('/v1/orders/KO-1/comment', { person: 'P-1', text: 'x' })],
      ['decide', await post('/v1/orders/KO-1/decisions', { person: 'P-2', verdict: 'approve', revision: 2 })],
      ['showOrder', await get('/v1/orders/KO-1')],
      ['receipt', await get('/v1/orders/KO-1/receipt')],
      ['receipt', await get('/v1/orders/KO-2/receipt')],
      ['proposeReorder', await get('/v1/orders/KO-1/reorder?person=P-1')],
      ['reorder', await post('/v1/orders/KO-1/reorder', { person: 'P-1', reference: 'R-3' })],
      ['reorder', await post('/v1/orders/KO-1/reorder', { person: 'P-1', reference: 'R-3' })],
      ['reorder', await post('/v1/orders/KO-1/reorder', { person: 'P-1' })],
      ['withdrawOrder', await post('/v1/orders/KO-2/withdraw', { person: 'P-1' })],
      ['resendOrder', await post('/v1/orders/KO-1/resend', { reason: 'x' })],
      ['resync', await post('/v1/resync', { connection: 'erp', reason: 'x', dryRun: true })],
      ['resync', await post('/v1/resync', { connection: 'erp', reason: 'x' })],
      ['showRadar', await get('/v1/radar')],
      ['listRuns', await get('/v1/runs')],
      ['showRun', await get('/v1/runs/1')],
      ['health', await get('/v1/health')],
      ['ready', await get('/v1/ready')],
    ];
    expect(answers.flatMap(([id, answer]) => faultsOf(id, answer))).toEqual([]);
    const missing = operations.map(({ operationId }) => operationId).filter((id) => !answers.some(([answered]) => answered === id));
    expect(missing).toEqual(['describe']);
    expect(faultsOf('submitOrder', { ...first, body: { ...first.body, secret: 1 } })).not.toEqual([]);
  });
});

/** A curl of the page as a request. */
function readCurl(command: string, { server, secret }: Shop): { method: string; path: string; asked: Asked } {
  const words = [...command.replaceAll(/\\\n/g, ' ').matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
  const filled = words.map((word) => word.replaceAll('$KONTOR', server.url).replaceAll('$KEY', secret));
  const after = (option: string) => filled.flatMap((word, at) => (word === option ? [filled[at + 1] ?? ''] : []));
  const headers = Object.fromEntries(
    after('-H').map((header) => [header.slice(0, header.indexOf(':')), header.slice(header.indexOf(':') + 1).trim()]),
  );
  const [body] = after('-d');
  const url = filled.find((word) => word.startsWith(server.url)) ?? '';
  const [method = body === undefined ? 'GET' : 'POST'] = after('-X');
  return { method, path: url.slice(server.url.length), asked: { headers, ...(body !== undefined && { body }) } };
}

describe('docs/http.md', () => {
  it('has examples that work, one after the other', async () => {
    const shop = await openShop({ asks: true });
    const blocks = [...page.matchAll(/^```bash\n(.*?)^```/gms)].map(([, block = '']) => block);
    const commands = blocks.flatMap((block) => block.split(/^(?=curl )/m));
    const answers: string[] = [];
    for (const command of commands) {
      const { method, path, asked } = readCurl(command, shop);
      const { status, text } = await shop.ask(method, path, asked);
      answers.push(`${method} ${path} ${status}${status < 400 ? '' : ` ${text}`}`);
    }
    expect(answers).toEqual([
      'POST /v1/orders 201',
      'GET /v1/orders/WEB-10017/why 200',
      'GET /v1/approvals?person=P-2 200',
      'PUT /v1/orders/WEB-10017 200',
      'POST /v1/orders/WEB-10017/comment 200',
      'POST /v1/orders/WEB-10017/decisions 201',
      'GET /v1/orders/WEB-10017/receipt 200',
      'GET /v1/orders?state=released&limit=10 200',
      'GET /v1/orders/WEB-10017/reorder?person=P-1 200',
      'POST /v1/orders/WEB-10017/reorder 201',
      'POST /v1/resync 200',
      'GET /v1/runs?connection=erp&limit=5 200',
      'GET /v1/ready 200',
    ]);
  });

  it('tells every scope, and every route the one that it needs', async () => {
    for (const [scope, allows] of Object.entries(API_SCOPES)) expect(page).toContain(`| \`${scope}\` | ${allows} |`);
    const { ask, key } = await openShop();
    const powerless = await key('powerless', ['orders:all']);
    for (const { method, path, scope } of told) {
      const address = path.replace('{id}', '1');
      const body = method === 'GET' ? {} : { body: {} };
      const [keyless, refused] = [await ask(method, address, body), await ask(method, address, { key: powerless, ...body })];
      if (scope === undefined) expect(keyless.status, path).toBe(200);
      else expect([keyless.status, refused.status, refused.body.error.details], path).toEqual([401, 403, { scope }]);
    }
  });

  it('tells every status that a code has', () => {
    const rows = new Map([...page.matchAll(/^\| (\d{3}) \| (.*) \|$/gm)].map(([, status = '', codes = '']) => [Number(status), codes]));
    const missing = Object.entries(STATUS).filter(([code, status]) => !rows.get(status)?.includes(`\`${code}\``));
    expect(missing).toEqual([]);
  });
});
