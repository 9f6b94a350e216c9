/** Questions in SOQL. */
import { z } from 'zod';
import type { Json, Session } from '../../src/connector/contract.ts';
import { isJsonObject, type JsonObject } from '../../src/connector/json.ts';
import { shaped } from '../../src/connector/shaped.ts';
import type { SalesforceSettings } from './settings.ts';

export type SalesforceSession = Session<SalesforceSettings>;
export type Row = Readonly<JsonObject>;

export interface Question {
  readonly select: readonly string[];
  readonly from: string;
  /** All must hold; absent ones are left out. */
  readonly where: ReadonlyArray<string | undefined>;
  readonly orderBy?: string;
  readonly limit?: number;
}

export function soql({ select, from, where, orderBy, limit }: Question): string {
  const conditions = where.filter((one) => one !== undefined);
  return [
    `SELECT ${select.join(', ')} FROM ${from}`,
    ...(conditions.length > 0 ? [`WHERE ${conditions.map((one) => `(${one})`).join(' AND ')}`] : []),
    ...(orderBy === undefined ? [] : [`ORDER BY ${orderBy}`]),
    ...(limit === undefined ? [] : [`LIMIT ${limit}`]),
  ].join(' ');
}

export function text(value: string): string {
  return `'${value.replaceAll(/[\\']/g, '\\$&')}'`;
}

/** Stamps are whole seconds. */
export function dateTime(at: Date): string {
  return `${at.toISOString().slice(0, 19)}Z`;
}

const answered = z.looseObject({ done: z.boolean(), records: z.array(z.json()) });

export interface Rows {
  readonly rows: readonly Row[];
  /** What is no record at all. */
  readonly nonsense: readonly Json[];
  /** `false`: there is more behind the last of them. */
  readonly isWhole: boolean;
  readonly serverAt: Date | null;
}

/**
 * `queryAll` also gives what lies in the recycle bin. Salesforce may end an answer before the limit of the question (wide rows); what is behind
 * it is asked for by the next question and not by `nextRecordsUrl`, whose cursor expires and is one of few that a user may have open.
 */
export async function ask({ http, config }: SalesforceSession, question: Question): Promise<Rows> {
  const { json, serverAt } = await http.send({
    path: 'queryAll',
    query: { q: soql(question) },
    headers: { 'sforce-query-options': `batchSize=${Math.max(200, config.pageSize)}` },
  });
  const { done, records } = shaped(answered, json, `a query of ${question.from}`);
  return { rows: records.filter(isJsonObject), nonsense: records.filter((one) => !isJsonObject(one)), isWhole: done, serverAt };
}

/** "2026-03-02T08:00:12.000+0000" */
export function instant(stamp: unknown): Date | null {
  const at = typeof stamp === 'string' ? Date.parse(stamp) : Number.NaN;
  return Number.isNaN(at) ? null : new Date(at);
}
