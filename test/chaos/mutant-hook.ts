/** Loads modules with the patches of one mutant in them. Runs on the thread of the loader. */
import type { LoadHook } from 'node:module';
import { patchesOf } from './mutants.ts';

let mutant = '';

export function initialize(name: string): void {
  mutant = name;
}

export const load: LoadHook = async (url, context, next) => {
  const loaded = await next(url, context);
  const patches = patchesOf(mutant).filter(({ file }) => url.endsWith(`/${file}`));
  if (patches.length === 0) return loaded;
  let source = String(loaded.source);
  for (const { file, from, to } of patches) {
    if (source.split(from).length !== 2) throw new Error(`mutant "${mutant}": ${file} does not hold exactly once: ${from}`);
    source = source.replace(from, () => to);
  }
  return { ...loaded, source };
};
