/** Reads an entity as declared: what changed since, page by page. */
import type { Cursor, Page, Session, Watermark } from '../../src/connector/contract.ts';
import { isJsonObject } from '../../src/connector/json.ts';
import { pathReader } from '../../src/connector/mapping/paths.ts';
import { grainOf, readStamp, writeStamp, zoneSlackOf } from '../../src/connector/stamp-format.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { pageOf, type RestPage } from './answer.ts';
import { isRepeated, nextPlace, type Place, place, requestFor } from './paging.ts';
import type { ReadOptions } from './read-options.ts';
import type { RestSettings } from './settings.ts';

type Changed = ReadOptions['changed'];

export function readList(
  { http, config, now }: Session<RestSettings>,
  options: ReadOptions,
  cursor: Cursor | null,
): AsyncGenerator<Page<unknown>> {
  return pullByWatermark<unknown>({
    cursor,
    watermark: watermarkOf(options.changed),
    now,
    async page({ since, next }) {
      const from = place.nullable().parse(next);
      const fixed = { ...config.query, ...options.query, ...sinceQuery(options.changed, since) };
      const request = requestFor(options, config, fixed, from);
      const answer = await http.send(request);
      const page = pageOf(answer.verdict === 'empty' ? { ...answer, json: [] } : answer, options);
      return {
        records: recordsOf(page, options, from),
        next: nextPlace(options, config, page, from, request),
        newest: newestOf(page, options.changed),
        serverAt: answer.serverAt,
        ...(page.total === undefined ? {} : { total: page.total }),
      };
    },
  });
}

/** Each with its address, for people. What is no object stays what it is, and becomes one bad record. */
function recordsOf({ list, ids }: RestPage, { path }: ReadOptions, from: Place | null): unknown[] {
  return list.flatMap((row, at) => {
    if (isRepeated(from, ids[at], at)) return [];
    return [isJsonObject(row) ? { ...row, '@at': `${path}/${ids[at] ?? ''}` } : row];
  });
}

function sinceQuery(changed: Changed, since: Date | null): Record<string, string> {
  if (!changed || since === null) return {};
  return { [changed.param]: changed.value.replaceAll('{since}', () => writeStamp(since, changed)) };
}

function watermarkOf(changed: Changed): Watermark {
  if (!changed) return { field: '', precisionMs: 1_000, stamped: 'unknown', commitLagMs: 0 };
  const { field, format, precisionMs, commitLagSeconds } = changed;
  const grain = Math.max(grainOf(format), precisionMs ?? 1);
  return { field, precisionMs: grain, stamped: 'unknown', commitLagMs: commitLagSeconds * 1_000, slackMs: zoneSlackOf(changed) };
}

function newestOf({ list }: RestPage, changed: Changed): Date | null {
  if (!changed) return null;
  const stampOf = pathReader(changed.field);
  return newestStamp(list.map((row) => readStamp(stampOf(row), changed)?.getTime()));
}
