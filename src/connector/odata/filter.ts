/** Filters as text. Parts that are `undefined` are left out; brackets stand wherever they are needed, and nowhere is precedence relied on. */

export type Comparison = 'eq' | 'ne' | 'gt' | 'ge' | 'lt' | 'le';

/** `right` is a literal (literals.ts). */
export function compare(left: string, how: Comparison, right: string): string {
  return `${left} ${how} ${right}`;
}

export function allOf(...parts: ReadonlyArray<string | undefined>): string | undefined {
  return joined('and', parts);
}

export function anyOf(...parts: ReadonlyArray<string | undefined>): string | undefined {
  return joined('or', parts);
}

/** Rows behind the one with these key values, in the order of these properties: for paging by a keyset. */
export function behind(keys: ReadonlyArray<{ readonly name: string; readonly literal: string }>): string | undefined {
  return anyOf(
    ...keys.map((key, place) =>
      allOf(...keys.slice(0, place).map(({ name, literal }) => compare(name, 'eq', literal)), compare(key.name, 'gt', key.literal)),
    ),
  );
}

function joined(word: 'and' | 'or', parts: ReadonlyArray<string | undefined>): string | undefined {
  const given = parts.filter((part) => part !== undefined && part !== '');
  return given.length > 1 ? given.map((part) => (isPlain(part as string) ? part : `(${part})`)).join(` ${word} `) : given[0];
}

/** A comparison needs no brackets; what holds `and` or `or` outside of a text does. */
function isPlain(part: string): boolean {
  return !/ (?:and|or) /.test(part.replace(/'(?:[^']|'')*'/g, "''"));
}
