/** Reads the way the engine does: page by page, mapped; what may heal is tried again from the last page's cursor, a bounded number of times. */
import type { AnySource, Cursor, Draft, Gone, Page, Problem } from '../../src/connector/contract.ts';
import type { BoundMapper } from '../../src/connector/mapping/index.ts';
import type { AnySession } from '../../src/connector/open-session.ts';
import { type KontorError, RetryLaterError } from '../../src/errors.ts';

export interface PulledPage {
  readonly raws: readonly unknown[];
  readonly drafts: readonly Draft[];
  readonly cursor: Cursor;
}

export interface Pulled {
  readonly pages: readonly PulledPage[];
  /** As they came; the same record may have come more than once. */
  readonly drafts: readonly Draft[];
  /** What the engine would hold now: the last draft of every external id. */
  readonly held: ReadonlyMap<string, Draft>;
  readonly bad: readonly Problem[];
  readonly gone: readonly Gone[];
  /** Of the last page, to begin the next delta with. */
  readonly cursor: Cursor | null;
  /** What had to be tried again. */
  readonly failures: readonly KontorError[];
}

export interface PullRequest {
  readonly source: AnySource;
  readonly mapper: BoundMapper<unknown>;
  readonly session: AnySession;
  readonly options: unknown;
  readonly cursor: Cursor | null;
  /** Called after each page, before the next is asked for. */
  readonly afterPage?: (page: PulledPage, turn: number) => void;
}

/** Resumptions after which a pull is given up. */
const PATIENCE = 40;
/** Pages after which a reading is taken to go round in a circle. */
const MOST_PAGES = 2_000;

/** Throws what no waiting heals, and what does not heal with waiting. */
export async function pull(request: PullRequest): Promise<Pulled> {
  const pages: PulledPage[] = [];
  const bad: Problem[] = [];
  const gone: Gone[] = [];
  const failures: KontorError[] = [];
  let cursor = request.cursor;
  for (;;) {
    try {
      for await (const page of request.source.read(request.session, request.options, cursor)) {
        const kept = mapPage(request.mapper, page, bad);
        gone.push(...(page.gone ?? []));
        pages.push(kept);
        cursor = kept.cursor;
        if (pages.length > MOST_PAGES) throw new Error(`the reading does not end: ${MOST_PAGES} pages`);
        request.afterPage?.(kept, pages.length - 1);
      }
      break;
    } catch (error) {
      if (!(error instanceof RetryLaterError) || failures.length >= PATIENCE || request.session.signal.aborted) throw error;
      failures.push(error);
      if (error.code === 'SOURCE_CHANGED') cursor = null;
    }
  }
  const drafts = pages.flatMap((page) => page.drafts);
  const held = new Map(drafts.map((draft) => [draft.externalId, draft]));
  return { pages, drafts, held, bad, gone, cursor, failures };
}

/** A cursor is kept as JSON between runs, so it goes through JSON here. */
function mapPage(mapper: BoundMapper<unknown>, page: Page<unknown>, bad: Problem[]): PulledPage {
  const drafts: Draft[] = [];
  bad.push(...(page.unreadable ?? []).flatMap(({ problems }) => problems));
  for (const raw of page.records) {
    const { draft, problems = [] } = mapper.toDraft(raw);
    bad.push(...problems);
    if (draft) drafts.push(draft);
  }
  return { raws: page.records, drafts, cursor: JSON.parse(JSON.stringify(page.cursor)) as Cursor };
}

/** What the engine would hold after several pulls in a row. */
export function heldAfter(...pulls: ReadonlyArray<Pick<Pulled, 'drafts'>>): ReadonlyMap<string, Draft> {
  return new Map(pulls.flatMap(({ drafts }) => drafts.map((draft) => [draft.externalId, draft] as const)));
}
