/** Which fields a model has depends on the modules installed and on the user's rights; asking for another fails the whole call. */
import { z } from 'zod';
import { shaped } from '../../src/connector/shaped.ts';
import { type Context, call, type TrytonSession } from './rpc.ts';

const definitions = z.record(z.string(), z.unknown());

/** `among`: only which of these; all if absent. */
export async function fieldNames(
  { http, config }: TrytonSession,
  model: string,
  context: Context,
  among: readonly string[] = [],
): Promise<ReadonlySet<string>> {
  const { result } = await call(http, config, `model.${model}.fields_get`, [[...among], context], 'read');
  return new Set(Object.keys(shaped(definitions, result, `${model}.fields_get`)));
}

/** Those of the wanted fields that are there; `lang.code` is, when `lang` is. */
export function present(wanted: readonly string[], names: ReadonlySet<string>): string[] {
  return wanted.filter((field) => names.has(field.replace(/\..*$/, '')));
}
