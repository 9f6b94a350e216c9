/** Reads an entity set as declared: what changed since, in the order of the key or by the server's own links. */
import { z } from 'zod';
import type { Cursor, Page, Session, Watermark } from '../../src/connector/contract.ts';
import { allOf, behind, compare, literal, msOf, nextOf, type ODataRow, odataPath, readPage } from '../../src/connector/odata/index.ts';
import { newestStamp, pullByWatermark } from '../../src/connector/watermark.ts';
import { NeedsOperatorError, RetryLaterError } from '../../src/errors.ts';
import { plainDates } from './plain-dates.ts';
import type { ODataSettings, ReadOptions } from './settings.ts';

type ODataSession = Session<ODataSettings>;
type Changed = NonNullable<ReadOptions['changed']>;

/** Where a pull goes on: behind these key values (texts, in the order of the key), or at this link. */
const place = z.union([z.object({ behind: z.array(z.string()) }), z.object({ link: z.string() })]).nullable();
type Place = z.infer<typeof place>;

export function readEntitySet(session: ODataSession, options: ReadOptions, cursor: Cursor | null): AsyncGenerator<Page<unknown>> {
  const { http, config } = session;
  return pullByWatermark<unknown>({
    cursor,
    watermark: watermarkOf(options.changed),
    now: session.now,
    async page({ since, next }) {
      const from = place.parse(next);
      const path = from && 'link' in from ? from.link : firstPath(config, options, since, from?.behind);
      const page = await readPage(http, path, preferences(config, options));
      const link = nextOf(path, page.next);
      // By the key only an empty page is the end: a shorter one may be the service's own limit, told or not.
      const isMore = link !== null || (options.paging === 'keyset' && page.size > 0);
      return {
        records: [
          ...page.strange,
          ...page.rows.map((row) => ({ ...(config.version === 2 ? (plainDates(row) as ODataRow) : row), '@id': addressOf(row, options) })),
        ],
        next: isMore ? nextPlace(options, from, page.rows.at(-1), link) : null,
        newest: newestOf(page.rows, options.changed),
        serverAt: page.serverAt,
        ...(page.count === undefined ? {} : { total: page.count }),
      };
    },
  });
}

function firstPath(config: ODataSettings, options: ReadOptions, since: Date | null, after: readonly string[] | undefined): string {
  const { version, query, pageSize } = config;
  const { entitySet, key, filter, select, expand, changed, paging } = options;
  const keys = Object.entries(key);
  const isKeyset = paging === 'keyset';
  const position =
    after && behind(keys.map(([name, type], at) => ({ name, literal: keyLiteral(version, entitySet, name, type, after[at] ?? '') })));
  return odataPath(version, entitySet, {
    filter: allOf(filter, since === null || !changed ? undefined : changedSince(version, changed, since), position),
    select: select && [...new Set([...select, ...Object.keys(key), ...(changed ? [changed.field] : [])])],
    expand,
    orderBy: isKeyset ? Object.keys(key) : undefined,
    top: isKeyset ? pageSize : undefined,
    also: query,
  });
}

/** A key of another form than declared is for a person to correct: tried again it would be the same. */
function keyLiteral(version: 2 | 4, entitySet: string, name: string, type: ReadOptions['key'][string], value: string): string {
  try {
    return literal(version, type, value);
  } catch (cause) {
    throw new NeedsOperatorError('SOURCE_LAYOUT', `${entitySet}: values of ${name} are not of type ${type}; correct it in \`key\``, {
      cause,
    });
  }
}

/** By links the server decides how much comes at once; it may be asked. */
function preferences({ version, pageSize }: ODataSettings, { paging }: ReadOptions): Record<string, string> {
  return version === 4 && paging === 'next' ? { prefer: `odata.maxpagesize=${pageSize}` } : {};
}

function nextPlace(options: ReadOptions, from: Place, last: ODataRow | undefined, link: string | null): Place {
  if (link !== null && (options.paging === 'next' || last === undefined)) return { link };
  const values = Object.keys(options.key).map((name) => last?.[name]);
  if (values.every((value) => typeof value === 'string' || typeof value === 'number')) {
    const behindLast = values.map(String);
    if (!(from && 'behind' in from) || from.behind.join() !== behindLast.join()) return { behind: behindLast };
    throw new RetryLaterError(
      'ERP_ANSWER_UNUSABLE',
      `${options.entitySet}: what is behind a key are the same rows again; the service does not filter by it, use \`paging: next\``,
    );
  }
  throw new RetryLaterError(
    'ERP_ANSWER_UNUSABLE',
    `${options.entitySet}: a page that is not the last ends with a row without its key (${Object.keys(options.key).join(', ')}); correct \`key\``,
  );
}

/** Stamps without a zone are compared with each other only, so that of the server does not matter but for the hour a clock change repeats. */
function watermarkOf(changed: Changed | undefined): Watermark {
  const { field = '', type = 'instant', commitLagSeconds = 0 } = changed ?? {};
  const grain = type === 'date' ? 86_400_000 : 1_000;
  const slackMs = type === 'datetime' ? 3_600_000 : 0;
  return { field, precisionMs: changed?.precisionMs ?? grain, stamped: 'unknown', commitLagMs: commitLagSeconds * 1_000, slackMs };
}

function changedSince(version: 2 | 4, { field, type }: Changed, since: Date): string {
  const iso = since.toISOString();
  const value = type === 'date' ? iso.slice(0, 10) : type === 'datetime' ? iso.slice(0, 19) : iso;
  return compare(field, 'ge', literal(version, type, value));
}

function newestOf(rows: readonly ODataRow[], changed: Changed | undefined): Date | null {
  return changed ? newestStamp(rows.map((row) => msOf(row[changed.field]))) : null;
}

function addressOf(row: ODataRow, { entitySet, key }: ReadOptions): string {
  return `${entitySet}(${Object.keys(key)
    .map((name) => String(row[name] ?? ''))
    .join(',')})`;
}
