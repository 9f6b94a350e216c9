/**
 * Where the compiled file of a worker thread lies. A thread cannot load TypeScript on Node 20, so a program running
 * from its sources (tests) starts threads from their compiled twin under dist/, which `npm run build` makes.
 */
const sourceRoot = import.meta.url.endsWith('.ts') ? new URL('../../', import.meta.url).href : null;

/** `threadEntry(import.meta.url, './work-thread.ts')`: the URL to give to `new Worker`. */
export function threadEntry(importMetaUrl: string, relative: string): URL {
  const entry = new URL(relative.replace(/\.ts$/, '.js'), importMetaUrl);
  if (sourceRoot === null || !entry.href.startsWith(sourceRoot)) return entry;
  return new URL(`dist/${entry.href.slice(sourceRoot.length)}`, sourceRoot);
}
