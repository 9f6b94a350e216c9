/** The body of a call, made of a template and an order: `$soldTo` is a field, `{ $each: lines, ... }` repeats. Nothing is calculated. */
import type { Json } from '../../src/connector/json.ts';
import { pathReader } from '../../src/connector/mapping/paths.ts';

/** A field the order does not have is left out, with its key; `$$` begins a text that begins with a dollar sign. */
export function bodyOf(template: Json, order: unknown): Json | undefined {
  if (typeof template === 'string') return template.startsWith('$') ? fieldOf(template, order) : template;
  if (Array.isArray(template)) return template.map((one) => bodyOf(one, order)).filter((one) => one !== undefined);
  if (typeof template !== 'object' || template === null) return template;
  const { $each: each, ...rest } = template as { [key: string]: Json };
  if (each === undefined) return objectOf(rest, order);
  const list = pathReader(String(each))(order);
  return Array.isArray(list) ? list.map((one) => objectOf(rest, one)) : undefined;
}

function objectOf(template: Readonly<Record<string, Json>>, order: unknown): { [key: string]: Json } {
  const entries = Object.entries(template).map(([key, value]) => [key, bodyOf(value, order)] as const);
  return Object.fromEntries(entries.filter((entry): entry is readonly [string, Json] => entry[1] !== undefined));
}

function fieldOf(text: string, order: unknown): Json | undefined {
  if (text.startsWith('$$')) return text.slice(1);
  return pathReader(text.slice(1))(order) as Json | undefined;
}
