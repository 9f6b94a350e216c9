/** Replay: quarantined records go through mapping and stage again, as if just read. */
import type { AnyConnector, AnySource, Page, Unreadable } from '../connector/contract.ts';
import { RecordRejectedError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import { loadQuarantined, type QuarantinedRecord } from '../store/quarantine.ts';
import { copyLine, jsonCell } from './copy-text.ts';
import { type PreparedPage, UNIT_SEPARATOR } from './open-page.ts';
import { type ReadBatch, type ReadRequest, stagerFor } from './reading.ts';
import { RowMemory } from './row-memory.ts';

/** Yields the chosen records in at most two batches: those to be mapped again, and those set aside after mapping. */
export async function* readQuarantined(
  db: Database,
  connector: AnyConnector,
  request: ReadRequest,
  ids: readonly string[],
): AsyncGenerator<ReadBatch> {
  const records = await loadQuarantined(db, ids);
  const mappable = records.filter(({ draft }) => draft === null);
  const source = connector.sources[request.entity];
  const done = request.firstSeq;
  if (done < mappable.length) {
    const stager = stagerFor(connector, request, 0);
    for (const { held } of stager.add(revivePage(source, mappable), () => false))
      yield { prepared: held.prepared, rendered: null, render: async (differing) => stager.render(held, differing) };
  }
  const drafted = records.filter(({ draft }) => draft !== null);
  if (drafted.length > 0 && done <= mappable.length) yield draftBatch(drafted, mappable.length, connector.traits.keys === 'fold');
}

/** What was never readable as a record stays where it is, with the reasons it has. */
function revivePage(source: AnySource | undefined, quarantined: readonly QuarantinedRecord[]): Page<unknown> {
  const records: unknown[] = [];
  const unreadable: Unreadable[] = [];
  for (const { payload, origin, problems } of quarantined) {
    try {
      records.push(source?.revive(payload, origin));
    } catch (error) {
      if (!(error instanceof RecordRejectedError)) throw error;
      unreadable.push({ origin, problems, payload });
    }
  }
  return { records, unreadable, cursor: null };
}

function draftBatch(records: readonly QuarantinedRecord[], firstSeq: number, fold: boolean): ReadBatch {
  const drafts = records.flatMap(({ draft, origin }) => (draft ? [{ draft, origin }] : []));
  const keyOf = (externalId: string) => (fold ? externalId.toLowerCase() : externalId);
  const prepared: PreparedPage = {
    firstSeq,
    size: drafts.length,
    keyed: drafts.length,
    keys: drafts.map(({ draft }) => keyOf(draft.externalId)).join(UNIT_SEPARATOR),
    digests: drafts.map(({ draft }) => draft.contentDigest).join(','),
    known: { count: 0, firstSeq, digests: '' },
    cursor: null,
    faults: [],
    wholeFiles: [],
    gone: [],
    progress: undefined,
  };
  const lines = drafts.map(({ draft, origin }, index) =>
    copyLine([
      String(firstSeq + index),
      keyOf(draft.externalId),
      draft.externalId,
      draft.contentDigest,
      draft.fingerprint,
      jsonCell(JSON.stringify(origin)),
      draft.refs && jsonCell(JSON.stringify(draft.refs)),
      jsonCell(JSON.stringify(draft.values)),
    ]),
  );
  return {
    prepared,
    rendered: null,
    render: async (differing) => {
      const rows = new RowMemory().open();
      for (const position of differing) rows.add(lines[position] ?? '');
      return { drafts: rows.end(), bad: new Uint8Array(0), badCount: 0 };
    },
  };
}
