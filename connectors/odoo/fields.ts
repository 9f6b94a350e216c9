/** Which fields a model has depends on version, modules and rights; asking for another fails the whole call. So it is asked once. */
import { z } from 'zod';
import type { Http } from '../../src/connector/http/types.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { call, type Row } from './call.ts';
import type { OdooSession } from './server.ts';

/** Field -> its type in Odoo. */
export type Fields = ReadonlyMap<string, string>;

/** For as long as a session is lent. */
const ASKED = new WeakMap<Http, Map<string, Fields>>();

const definitions = z.record(z.string(), z.looseObject({ type: z.string() }));

/** Those of the wanted fields that are there and that this user may read. */
export async function fieldsOf(session: OdooSession, model: string, wanted: readonly string[]): Promise<Fields> {
  const asked = ASKED.get(session.http) ?? new Map<string, Fields>();
  ASKED.set(session.http, asked);
  const name = `${model}: ${wanted.join()}`;
  const fields = asked.get(name) ?? (await askFields(session, model, wanted));
  asked.set(name, fields);
  return fields;
}

async function askFields(session: OdooSession, model: string, wanted: readonly string[]): Promise<Fields> {
  const params = { allfields: [...wanted], attributes: ['type'] };
  const { result } = await call(session, { model, method: 'fields_get', params, effect: 'read' });
  const found = shaped(definitions, result, `${model}.fields_get`);
  return new Map(wanted.flatMap((name) => (found[name] ? [[name, found[name].type] as const] : [])));
}

/** Odoo says `false` for "none" in every type; only of a boolean it is a value. */
export function withoutFalse(row: Row, fields: Fields): Row {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, value === false && fields.get(name) !== 'boolean' ? null : value]),
  );
}

/** A many2one comes as [id, name]. */
export function idOf(value: unknown): number | null {
  return Array.isArray(value) && typeof value[0] === 'number' ? value[0] : null;
}

export function nameOf(value: unknown): string | null {
  return Array.isArray(value) && typeof value[1] === 'string' ? value[1] : null;
}

/**
 * Amounts and quantities are JSON floats. Sums carry noise behind the 15th digit (0.1 + 0.2), which a double does not promise; what is before it,
 * it does.
 */
export function withoutNoise(value: number): number {
  return Number(value.toPrecision(15));
}
