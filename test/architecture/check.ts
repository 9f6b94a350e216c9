/** Holds a set of files against the table of the house. Knows no disk, so that the tests can hand it forbidden ones. */
import { dirname, join } from 'node:path/posix';
import { type Import, readImports } from './imports.ts';
import { ARROWS, HOMES, LONGEST_FILE, ROOTS, TYPES_FOR_ALL } from './rules.ts';

/** Path from the root of the checkout, with `/` -> source text. */
export type Files = ReadonlyMap<string, string>;

/** One sentence per breach, sorted by file. */
export function findBreaches(files: Files): string[] {
  const imports = new Map([...files].map(([path, source]) => [path, readImports(source, path)]));
  return [...imports]
    .flatMap(([path, asked]) => [
      ...asked.flatMap((one) => breachOf(path, one, files).map((what) => `${path}:${one.line} ${what}`)),
      ...tooLong(path, files.get(path) ?? ''),
    ])
    .concat(findImportCycle(imports))
    .sort();
}

/** Parts that can be reached along the arrows. */
export function reachable(part: string, arrows = ARROWS): Set<string> {
  const seen = new Set<string>();
  const visit = (one: string) => {
    for (const next of arrows[one] ?? []) {
      if (!seen.has(next)) {
        seen.add(next);
        visit(next);
      }
    }
  };
  visit(part);
  return seen;
}

export function partOf(path: string): string | undefined {
  return Object.keys(ARROWS).find((part) => (part.endsWith('/') ? path.startsWith(part) : path === part));
}

/** `connectors/odoo/index.ts` -> `connectors/odoo`; files directly under connectors/ belong to none. */
function connectorOf(path: string): string | undefined {
  return /^connectors\/[^/]+(?=\/)/.exec(path)?.[0];
}

function breachOf(path: string, { from, typeOnly, how }: Import, files: Files): string[] {
  if (from === null) return ['imports something computed, which nobody can check'];
  if (from.startsWith('node:')) return [];
  if (!from.startsWith('.')) return breachOfHome(path, from);
  const target = resolve(path, from);
  if (!files.has(target)) return [`imports ${from}, which is no source file of the house`];
  if (ROOTS[path]?.includes(target)) return [];
  if (typeOnly && TYPES_FOR_ALL.includes(target)) return [];
  const [here, there] = [partOf(path), partOf(target)];
  if (!here) return ['stands in no part of the house; test/architecture/rules.ts lists them'];
  if (!there) return [`imports ${target}, which stands in no part of the house`];
  const connector = connectorOf(path);
  if (connector && there === 'connectors/' && connectorOf(target) !== connector) return [`imports ${target}, another connector`];
  if (here === there || reachable(here).has(there)) return [];
  return [`${how === 'thread' ? 'starts' : 'imports'} ${target}, against the arrows`];
}

function breachOfHome(path: string, specifier: string): string[] {
  const library = specifier.split('/').slice(0, specifier.startsWith('@') ? 2 : 1).join('/'); // biome-ignore format: one chain
  const homes = HOMES[library];
  if (!homes) return [`imports ${library}, which has no home in test/architecture/rules.ts`];
  if (homes === '*' || homes.some((home) => path.startsWith(home))) return [];
  return [`imports ${library}, whose home is ${homes.join(' and ')}`];
}

function tooLong(path: string, source: string): string[] {
  const lines = source.split('\n').length - 1;
  return lines > LONGEST_FILE ? [`${path} has ${lines} lines; ${LONGEST_FILE} is the most one idea may take`] : [];
}

/** The launcher asks for the compiled program; the rules speak of its source. */
function resolve(path: string, from: string): string {
  const target = join(dirname(path), from);
  return target.startsWith('dist/') ? target.slice('dist/'.length).replace(/\.js$/, '.ts') : target;
}

function findImportCycle(imports: ReadonlyMap<string, readonly Import[]>): string[] {
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]) => {
    if (trail.includes(path)) {
      cycles.push(`${[...trail.slice(trail.indexOf(path)), path].join(' -> ')} is a circle of imports`);
      return;
    }
    if (done.has(path)) return;
    for (const { from, how } of imports.get(path) ?? []) {
      if (how === 'import' && from?.startsWith('.')) visit(resolve(path, from), [...trail, path]);
    }
    done.add(path);
  };
  for (const path of imports.keys()) visit(path, []);
  return cycles;
}
