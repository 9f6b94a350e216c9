/** One call of a method of a model, in whichever protocol the server speaks. Parameters go by name in both. */
import { z } from 'zod';
import type { Json } from '../../src/connector/contract.ts';
import type { Effect } from '../../src/connector/http/types.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import { callService, type OdooSession, openServer } from './server.ts';

export type Row = { [key: string]: Json };

export interface Call {
  readonly model: string;
  readonly method: string;
  /** Records it works on; absent for methods of the model itself. */
  readonly ids?: readonly number[];
  readonly params?: Row;
  /** On top of the session's. */
  readonly context?: Row;
  readonly effect: Effect;
}

export interface Called {
  readonly result: unknown;
  readonly serverAt: Date | null;
}

/** Throws ERP_NOT_FOUND when model or method is not there. */
export async function call(session: OdooSession, request: Call): Promise<Called> {
  const called = await callOrAbsent(session, request);
  if (called !== null) return called;
  throw new NeedsOperatorError(
    'ERP_NOT_FOUND',
    `${session.connection}: Odoo has no ${request.model}.${request.method}; install the module that brings it (README), or correct the address`,
  );
}

/** `null` where what was asked for by its external id is not there, in Odoo's own words: a page of something in between says nothing of it. */
export async function callByName(session: OdooSession, request: Call): Promise<Called | null> {
  const answer = await answerTo(session, request);
  if (!answer.isPage) return answer.called;
  throw new RetryLaterError(
    'ERP_ANSWER_UNUSABLE',
    `${session.connection}: ${request.model}.${request.method} was answered by a page that is not Odoo's; see what stands in between`,
  );
}

/** `null` where the model is not there. */
export async function callOrAbsent(session: OdooSession, request: Call): Promise<Called | null> {
  return (await answerTo(session, request)).called;
}

async function answerTo(session: OdooSession, request: Call): Promise<{ called: Called | null; isPage: boolean }> {
  const { model, method, ids, params = {}, effect } = request;
  const { config, http } = session;
  const { protocol, uid } = await openServer(session);
  const context = { ...contextOf(session), ...request.context };
  if (protocol === 'json-rpc') {
    const args = [config.database ?? '', uid, config.apiKey, model, method, ids ? [[...ids]] : [], { ...params, context }];
    const { result, serverAt, isAbsent, isPage } = await callService(http, 'object', 'execute_kw', args, effect);
    return { called: isAbsent ? null : { result, serverAt }, isPage };
  }
  const json = { ...params, context, ...(ids ? { ids: [...ids] } : {}) };
  const answer = await http.send({ method: 'POST', path: `/json/2/${model}/${method}`, json, effect });
  const isAbsent = answer.verdict === 'empty';
  return { called: isAbsent ? null : { result: answer.json, serverAt: answer.serverAt }, isPage: isAbsent && answer.json === undefined };
}

/** Without `active_test: false` Odoo hides what is archived. What is kept per company (terms, limits) is that of the first company named. */
function contextOf({ config: { company, language } }: OdooSession): Row {
  return {
    active_test: false,
    tz: 'UTC',
    ...(language === undefined ? {} : { lang: language }),
    ...(company === undefined ? {} : { allowed_company_ids: [company] }),
  };
}

export interface Search {
  readonly domain: readonly Json[];
  readonly fields: readonly string[];
  readonly limit?: number;
  readonly order?: string;
  readonly context?: Row;
}

const rows = z.array(z.unknown());

/** Rows as they came: whoever needs one to be well-formed checks it. */
export async function searchRead(
  session: OdooSession,
  model: string,
  { domain, fields, limit, order = 'id', context = {} }: Search,
): Promise<{ rows: unknown[]; serverAt: Date | null }> {
  const params = { domain: [...domain], fields: [...fields], order, ...(limit === undefined ? {} : { limit }) };
  const { result, serverAt } = await call(session, { model, method: 'search_read', params, context, effect: 'read' });
  return { rows: shaped(rows, result, `${model}.search_read`), serverAt };
}

/** Those rows that look as they should; for tables that others are looked up in. */
export async function searchTable<T>(session: OdooSession, model: string, shape: z.ZodType<T>, search: Search): Promise<T[]> {
  const found = await searchRead(session, model, search);
  return found.rows.flatMap((row) => shape.safeParse(row).data ?? []);
}
