/** `$expand` of either version as paths: what lies deeper stands behind a slash in version 2, and in brackets in version 4. */
import { BadQuery } from './filter.ts';

export function expandPaths(version: 2 | 4, option: string | null): string[] {
  if (option === null || option === '') return [];
  if (version === 2) return option.split(',').map((path) => path.trim());
  return topLevel(option).flatMap((item) => {
    const [, name = '', inner] = /^(\w+)(?:\(\$expand=(.*)\))?$/.exec(item) ?? [];
    if (name === '') throw new BadQuery(`Invalid expand item ${item}`);
    return [name, ...expandPaths(4, inner ?? null).map((path) => `${name}/${path}`)];
  });
}

/** Splits at commas outside of brackets. */
function topLevel(option: string): string[] {
  const items = [''];
  let depth = 0;
  for (const sign of option) {
    if (sign === '(') depth += 1;
    if (sign === ')') depth -= 1;
    if (sign === ',' && depth === 0) items.push('');
    else items.push(`${items.pop() ?? ''}${sign}`);
  }
  return items.map((item) => item.trim());
}
