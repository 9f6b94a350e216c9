/** One entity, read twice and resumed once, and looked at as the suite of connectors looks at it (connectors/README.md). */
import type { Problem } from '../connector/contract.ts';
import type { EntityCertificate } from './certificate.ts';
import { type Reading, readPages, type SeenPage, type SeenRecord } from './read-pages.ts';

export async function certifyEntity(reading: Reading, limit: number): Promise<Omit<EntityCertificate, 'entity' | 'commitLag'>> {
  const { pages, isLimited } = await readPages(reading, null, limit);
  const records = recordsOf(pages);
  const { problems, impure } = mapAll(reading, records);
  const unreadable = pages.flatMap((page) => page.unreadable);
  const bad = [...unreadable, ...problems];
  const findings = [
    ...sharedIds(records),
    ...(impure === 0 ? [] : [`mapping ${impure} of ${records.length} records twice gave two drafts, or changed the record`]),
    ...(await unstable(reading, pages, limit)),
    ...(await lostAfterResuming(reading, pages, limit)),
  ];
  return {
    records: records.length + unreadable.length,
    pages: pages.length,
    isLimited,
    bad: bad.length,
    reasons: [...new Set(bad.map(({ reason }) => reason))].slice(0, 3),
    pageMs: { median: quantile(pages, 0.5), p95: quantile(pages, 0.95) },
    findings,
  };
}

function recordsOf(pages: readonly SeenPage[]): SeenRecord[] {
  return pages.flatMap((page) => page.records);
}

/** One problem for each record that would be quarantined. */
function mapAll({ mapper, source }: Reading, records: readonly SeenRecord[]): { problems: Problem[]; impure: number } {
  const problems: Problem[] = [];
  let impure = 0;
  for (const { raw, content } of records) {
    const once = mapper.toDraft(raw);
    if (JSON.stringify(once) !== JSON.stringify(mapper.toDraft(raw)) || source.content(raw) !== content) impure += 1;
    if (!once.draft) problems.push(...once.problems.slice(0, 1));
  }
  return { problems, impure };
}

function sharedIds(records: readonly SeenRecord[]): string[] {
  const contents = new Map<string, Set<string>>();
  for (const { id, content } of records) if (id !== undefined) contents.set(id, (contents.get(id) ?? new Set()).add(content));
  const shared = [...contents].filter(([, { size }]) => size > 1).map(([id]) => id);
  return shared.length === 0 ? [] : [`${shared.length} ids belong to several records, such as ${shared.slice(0, 3).join(', ')}`];
}

/** People work there while we look, so what differs is looked at a second time. */
async function unstable(reading: Reading, pages: readonly SeenPage[], limit: number): Promise<string[]> {
  const missing = await missingTwice(idsOf(recordsOf(pages)), async () => recordsOf((await readPages(reading, null, limit)).pages));
  return missing.length === 0
    ? []
    : [
        `read again, ${missing.length} record${missing.length === 1 ? ' had another id or was' : 's had other ids or were'} missing, such as ${missing[0]}`,
      ];
}

async function lostAfterResuming(reading: Reading, pages: readonly SeenPage[], limit: number): Promise<string[]> {
  if (pages.length < 2) return [];
  const middle = Math.floor((pages.length - 1) / 2);
  const rest = idsOf(recordsOf(pages.slice(middle + 1)));
  const cursor = JSON.parse(JSON.stringify(pages[middle]?.cursor ?? null));
  const missing = await missingTwice(rest, async () => recordsOf((await readPages(reading, cursor, limit)).pages));
  return missing.length === 0
    ? []
    : [
        `resumed after page ${middle + 1} of ${pages.length}, ${missing.length} of ${rest.size} record${rest.size === 1 ? '' : 's'} ${missing.length === 1 ? 'was' : 'were'} missing, such as ${missing[0]}`,
      ];
}

async function missingTwice(wanted: ReadonlySet<string>, read: () => Promise<SeenRecord[]>): Promise<string[]> {
  let missing = [...wanted];
  for (let look = 0; look < 2 && missing.length > 0; look += 1) {
    const found = idsOf(await read());
    missing = missing.filter((id) => !found.has(id));
  }
  return missing;
}

function idsOf(records: readonly SeenRecord[]): Set<string> {
  return new Set(records.flatMap(({ id }) => id ?? []));
}

function quantile(pages: readonly SeenPage[], share: number): number {
  const sorted = pages.map(({ ms }) => ms).sort((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
