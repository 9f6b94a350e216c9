/** Connectors that lose records, or stop where they should not. */
import { setTimeout as sleep } from 'node:timers/promises';
import { template } from '../../connectors/_template/index.ts';
import type { AnyConnector, AnySource, Cursor, Json, Page } from '../../src/connector/contract.ts';
import { RetryLaterError } from '../../src/errors.ts';
import type { Mutant } from './mutant.ts';
import { type Habits, naiveRead } from './naive-read.ts';
import { emptyUnlessPage, withSend, withSource, withVerdicts } from './wrap.ts';

const reading = (read: (source: AnySource) => AnySource['read']): AnyConnector =>
  withSource(template, (source) => ({ read: read(source) }));
const naive = (habits: Habits): AnyConnector => withSource(template, () => ({ read: naiveRead(habits) }), 'account');

async function pagesOf(pages: AsyncIterable<Page<unknown>>): Promise<Array<Page<unknown>>> {
  const all: Array<Page<unknown>> = [];
  for await (const page of pages) all.push(page);
  return all;
}

const dropsLastPage = reading((source) => async function* read(session, options, cursor) {
  const pages = await pagesOf(source.read(session, options, cursor));
  yield* pages.length > 1 ? [...pages.slice(0, -2), { ...(pages.at(-2) as Page<unknown>), cursor: pages.at(-1)?.cursor ?? null }] : pages;
}); // biome-ignore format: one reader

const marksPagesEarly = reading((source) => async function* read(session, options, cursor) {
  const pages = await pagesOf(source.read(session, options, cursor));
  for (const [turn, page] of pages.entries()) yield { ...page, cursor: (pages[turn + 1] ?? page).cursor };
}); // biome-ignore format: one reader

const swallowsErrors = reading((source) => async function* read(session, options, cursor) {
  try {
    yield* source.read(session, options, cursor);
  } catch (error) {
    if (!(error instanceof RetryLaterError)) throw error;
  }
}); // biome-ignore format: one reader

/** Gives up after a second of silence, and says it was all. */
const takesSilenceForEnd = withSend(template, async (request, further) => {
  const answer = await Promise.race([further(request), sleep(900, null)]);
  return answer ?? { status: 200, headers: {}, json: { items: [], more: false }, text: '', serverAt: null, verdict: 'ok' };
});

const endsQuietly = reading((source) => async function* read(session, options, cursor) {
  try {
    yield* source.read(session, options, cursor);
  } catch (error) {
    if (!session.signal.aborted) throw error;
  }
}); // biome-ignore format: one reader

const readsAllEveryTime = reading((source) => (session, options) => source.read(session, options, null));

/** Counts records instead of naming where it stands: what is removed in front of it moves the rest. */
const pagesByOffset = reading((source) => async function* read(session, options, cursor) {
  const { since, offset } = (cursor ?? { since: null, offset: 0 }) as { since: Cursor; offset: number };
  const begun = await pagesOf(source.read(session, options, since));
  for (let from = offset; ; from += 4) {
    const now = from === offset ? begun : await pagesOf(source.read(session, options, since));
    const all = now.flatMap(({ records }) => records);
    const isLast = from + 4 >= all.length;
    yield { records: all.slice(from, from + 4), cursor: isLast ? { since: begun.at(-1)?.cursor ?? null, offset: 0 } : { since, offset: from + 4 } };
    if (isLast) return;
  }
}); // biome-ignore format: one reader

/** A delta of new records only, as by a stamp of creation. */
const readsOnlyNew = reading((source) => async function* read(session, options, cursor) {
  const { own, known } = (cursor ?? { own: null, known: [] }) as { own: Cursor; known: string[] };
  const ids = new Set(known);
  for await (const page of source.read(session, options, own)) {
    const records = page.records.filter((record) => !ids.has((record as { id: string }).id));
    for (const record of page.records) ids.add((record as { id: string }).id);
    yield { ...page, records, cursor: { own: page.cursor, known: [...ids] } };
  }
}); // biome-ignore format: one reader

/** Contacts of accounts that changed: asks for those first, and keeps two cursors. */
const childrenByParent = withSource(
  template,
  (source) => ({
    async *read(session, options, cursor) {
      const both = (cursor ?? { own: null, parent: null }) as { own: Cursor; parent: Cursor };
      const accounts = await pagesOf((template.sources.account as AnySource).read(session, {}, both.parent));
      const changed = new Set(accounts.flatMap(({ records }) => records.map((account) => (account as { id: string }).id)));
      const parent: Json = accounts.at(-1)?.cursor ?? both.parent;
      for await (const page of source.read(session, options, both.own)) {
        const records = page.records.filter((contact) => changed.has((contact as { customerId: string }).customerId));
        yield { ...page, records, cursor: { own: page.cursor, parent } };
      }
    },
  }),
  'contact',
);

const takesErrorForData = withSend(
  withVerdicts(template, () => []),
  emptyUnlessPage,
);

const takesExpiryForEnd = withSend(
  withVerdicts(template, (rules) => [{ status: 401, verdict: 'empty' }, ...rules]),
  emptyUnlessPage,
);

const hidesArchived = withSend(template, (request, further) => further({ ...request, query: { ...request.query, archived: undefined } }));

export const readingMutants: readonly Mutant[] = [
  { name: 'drops the last page', connector: dropsLastPage, caughtBy: 'reads everything, on several pages, with nothing bad among it' },
  {
    name: 'marks a page with the cursor of the next',
    connector: marksPagesEarly,
    caughtBy: 'misses nothing when it is resumed after any page',
  },
  {
    name: 'asks for > instead of >=',
    connector: naive({ operator: '>' }),
    caughtBy: 'sees a change at the very instant of the cursor, and within the grain of its stamps',
  },
  {
    name: 'moves its cursor to now',
    connector: naive({ cursorTo: 'now' }),
    caughtBy: 'sees changes in a delta although its clock is not ours',
  },
  {
    name: 'pages by the stamp alone',
    connector: naive({ keyset: 'stamp' }),
    caughtBy: 'reads more equal stamps than a page holds, in full and in a delta',
  },
  {
    name: 'begins the next delta at the newest stamp, without the lag it declares',
    connector: naive({}),
    caughtBy: 'finds what becomes visible behind the watermark, within the commit lag it declares',
  },
  {
    name: 'declares no commit lag where transactions stamp with their begin',
    connector: withSource(template, () => ({
      watermark: { field: 'changedAt', precisionMs: 1, stamped: 'transaction-start', commitLagMs: 0 },
    })),
    caughtBy: 'finds what becomes visible behind the watermark, within the commit lag it declares',
  },
  {
    name: 'asks for contacts by the stamp of their account',
    connector: childrenByParent,
    entity: 'contact',
    caughtBy: 'sees a changed record although its account was not touched',
  },
  {
    name: 'pages by offset',
    connector: pagesByOffset,
    caughtBy: 'misses nothing when users insert, change and remove between any two pages',
  },
  { name: 'asks only for what was created', connector: readsOnlyNew, caughtBy: 'sees in a delta what was changed and inserted since' },
  {
    name: 'takes silence for the end',
    connector: takesSilenceForEnd,
    caughtBy: 'gives up an answer that never ends, and pulls what is true',
  },
  {
    name: 'reads everything in every delta',
    connector: readsAllEveryTime,
    caughtBy: 'reads in a delta only what is new, once its overlap is over',
  },
  {
    name: 'takes an error for the end',
    connector: swallowsErrors,
    caughtBy: [
      'pulls what is true through each accident, on the first, a middle and the last request',
      'pulls what is true through storms, in full and in deltas',
    ],
  },
  {
    name: 'takes an error with status 200 for an empty page',
    connector: takesErrorForData,
    caughtBy: 'pulls what is true through each accident, on the first, a middle and the last request',
  },
  {
    name: 'loses the rest when its session expires',
    connector: takesExpiryForEnd,
    caughtBy: 'goes on when its session expires before any request, and again and again',
  },
  {
    name: 'does not ask for archived rows',
    connector: hidesArchived,
    caughtBy: 'reads archived and blocked records too, and says so in their status',
  },
  {
    name: 'ends quietly when it is stopped',
    connector: endsQuietly,
    caughtBy: 'ends at once when it is told to, and not as if all had been read',
  },
];
