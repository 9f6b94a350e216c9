/** One pull from request to outcome. Safe to call twice, late, or after a kill: it goes on where the run stands. */
import type { Cursor } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import { openSession } from '../connector/open-session.ts';
import { KontorError, NeedsOperatorError, RetryLaterError } from '../errors.ts';
import { connectionLost, type Transaction } from '../store/database.ts';
import { loadKnownDigests } from '../store/known-digests.ts';
import { assertHeld, type Lease, withLease } from '../store/leases.ts';
import { healQuarantine, markReplayed, retireQuarantine } from '../store/quarantine.ts';
import { clearSettledNotes, resolveReferences, waitingReferences } from '../store/references.ts';
import { addNotice, beginReading, countStart, finishRun, forgetStart } from '../store/run-progress.ts';
import { begunRun, loadRun, type Notice, type Run } from '../store/runs.ts';
import { commitCursor, loadCursor, lockSources, sourceIds } from '../store/sources.ts';
import { createStage, dropStage, stageIsWhole } from '../store/stage.ts';
import { refreshStatistics } from '../store/statistics.ts';
import { applyFromStage } from './apply-from-stage.ts';
import { decide } from './decide.ts';
import { openReader } from './open-reader.ts';
import { findTarget, type PullContext, type PullTarget } from './pull-context.ts';
import { readIntoStage } from './read-into-stage.ts';
import { type AskKnown, mappingDigestOf } from './reading.ts';
import { readQuarantined } from './replay.ts';
import { tellOfArrivals } from './tell-of-arrivals.ts';

const LEASE_MS = 30_000;
/** Starts without progress after which a run is given up: it is killed or fails the same way each time. */
const STARTS_WITHOUT_PROGRESS = 5;
/** How often one start reads anew because the source is no longer what it was. */
const RESTARTS = 2;

/** Carries the run on to its end and answers it; `null` when there is no such run. Throws only what the queue should retry. */
export async function executeRun(context: PullContext, runId: string): Promise<Run | null> {
  const run = await loadRun(context.db, runId);
  if (!run || run.state === 'finished') return run;
  const lease = { name: `pull:${run.connection}:${run.entity}`, holder: context.holder, ttlMs: LEASE_MS };
  const ended = await withLease(context.db, lease, async (held) => {
    const begun = await begunRun(context.db, run);
    if (begun) await carryOn(context, begun, held);
    return carryOn(context, runId, held);
  });
  // The next pull need not wait for this.
  if (ended) await refreshStatistics(context.db, ended);
  return ended;
}

async function carryOn(context: PullContext, runId: string, lease: Lease): Promise<Run | null> {
  const attempts = await countStart(context.db, runId);
  const run = await loadRun(context.db, runId);
  if (!run || run.state === 'finished') return run;
  try {
    if (attempts > STARTS_WITHOUT_PROGRESS) {
      throw new NeedsOperatorError(
        'INTERNAL',
        `run ${runId} was started ${STARTS_WITHOUT_PROGRESS} times and never got on; see the log of the worker`,
      );
    }
    const target = findTarget(context, run.connection, run.entity);
    const { staged, isFirst } = await stage(context, run, target, lease);
    if (staged.state === 'applying') {
      await applyFromStage(context, staged, lease, { targets: await sourceIds(context.db, run.connection), isFirst });
      await conclude(context, staged, target, lease);
    }
    await settle(context, target).catch((error) => tellUnsettled(context, runId, error));
  } catch (error) {
    if (!(error instanceof NeedsOperatorError)) {
      if (error instanceof RetryLaterError || context.signal.aborted) await forgetStart(context.db, runId);
      throw connectionLost(error) ?? error;
    }
    await stop(context, runId, error, lease);
  }
  return loadRun(context.db, runId);
}

/** Reads what is left to read and decides; afterwards the run is applying or finished. A run that was applying already is not told to be the first. */
async function stage(context: PullContext, run: Run, target: PullTarget, lease: Lease): Promise<{ staged: Run; isFirst: boolean }> {
  let current = run;
  let isFirst = false;
  if (current.state === 'queued' || !(await stageIsWhole(context.db, run.id))) {
    current = await beginAnew(context, run, target, lease);
  }
  // What could not be relied on once is not asked again: each record is compared then.
  let askKnown: AskKnown = () => loadKnownDigests(context.db, run.sourceId);
  for (let restarts = 0; current.state === 'reading'; restarts += 1) {
    const reading = current;
    try {
      await readIntoStage(context, reading, lease, (signal) => openBatches(context, reading, target, signal, askKnown));
      const read = await reload(context, run.id);
      ({ isFirst } = await underLease(context, lease, (trx) => decide(trx, read, target.connection.guards, context.now())));
      current = await reload(context, run.id);
    } catch (error) {
      if (!(error instanceof KontorError) || error.code !== 'SOURCE_CHANGED' || restarts === RESTARTS) throw error;
      // First from where this run began; if that place is gone too (a token that expired), from the very beginning.
      current = await beginAnew(context, restarts === 0 ? reading : { ...reading, cursorFrom: null }, target, lease);
      askKnown = async () => null;
    }
  }
  return { staged: current, isFirst };
}

/** An empty stage, and the cursor to read from: for a new run, and for one whose stage is lost or no longer true. */
async function beginAnew(context: PullContext, run: Run, target: PullTarget, lease: Lease): Promise<Run> {
  await underLease(context, lease, async (trx) => {
    await createStage(trx, run.id);
    await beginReading(trx, run.id, run.state === 'queued' ? await firstCursor(trx, run, target) : run.cursorFrom, context.now());
  });
  return reload(context, run.id);
}

/** A delta goes on where the last run ended, unless the mapping has changed since: then every record reads differently. */
async function firstCursor(trx: Transaction, run: Run, target: PullTarget): Promise<Cursor | null> {
  if (run.mode !== 'delta') return null;
  const { cursor, mappingDigest } = await loadCursor(trx, run.sourceId);
  return mappingDigest === digestOfMapping(target) ? cursor : null;
}

function digestOfMapping({ connection, connector, entity }: PullTarget): string {
  return mappingDigestOf(connector, { entity: entity.entity, mapping: entity.mapping, formats: connection.formats });
}

/** Everything a run writes it writes while nobody else can have taken it over. */
function underLease<Result>(context: PullContext, lease: Lease, write: (trx: Transaction) => Promise<Result>): Promise<Result> {
  return context.db.transaction(async (trx) => {
    await assertHeld(trx, lease);
    return write(trx);
  });
}

function openBatches(
  context: PullContext,
  run: Run,
  { connection, entity, connector }: PullTarget,
  signal: AbortSignal,
  askKnown: AskKnown,
) {
  const request = {
    connection: connection.name,
    connector: connector.name,
    settings: connection.settings,
    baseFolder: context.settings.baseFolder,
    entity: entity.entity,
    read: entity.read,
    mapping: entity.mapping,
    formats: connection.formats,
    cursor: run.position,
    firstSeq: run.staged,
  };
  return run.mode === 'replay'
    ? readQuarantined(context.db, connector, request, run.selection ?? [])
    : openReader(connector, request, signal, { border: context.border, askKnown });
}

/** The last transaction of a run: late references, quarantine, cursor, outcome. */
async function conclude(context: PullContext, run: Run, target: PullTarget, lease: Lease): Promise<void> {
  await underLease(context, lease, async (trx) => {
    const now = context.now();
    const current = (await loadRun(trx, run.id)) ?? run;
    const sources = await lockSources(trx, run.connection);
    await tellOfArrivals(context, trx, await resolveReferences(trx, sources), now);
    await clearSettledNotes(trx, Object.values(sources));
    const waiting = await waitingReferences(trx, run.sourceId);
    const unread = current.notices.some(({ code }) => code.startsWith('SOURCE_'));
    let healed = 0;
    if (run.mode === 'replay') healed = await markReplayed(trx, run.id, run.selection ?? [], now);
    else {
      const readAllFiles = current.cursorFrom === null;
      healed = await healQuarantine(trx, run.id, run.sourceId, now, readAllFiles);
      const readAll = readAllFiles && !unread && target.connector.traits.delta !== 'changes';
      // Of the bad records that were not kept nobody knows which entry is theirs.
      if (current.notices.every(({ code }) => code !== 'QUARANTINE_CUT'))
        await retireQuarantine(trx, { runId: run.id, sourceId: run.sourceId, now, readAll, readAllFiles });
      await commitCursor(trx, run.sourceId, run.id, current.position, digestOfMapping(target));
    }
    await finishRun(trx, run.id, {
      outcome: unread ? 'partial' : 'complete',
      now,
      counts: { healed },
      notices: waiting.map(
        ({ field, count, examples }): Notice => ({
          code: 'UNRESOLVED_REFERENCES',
          message: `${count} ${run.entity} ${count === 1 ? 'record waits for its' : 'records wait for their'} ${field} to arrive: ${examples.join(', ')}${count > examples.length ? ', ...' : ''}`,
        }),
      ),
    });
    await dropStage(trx, run.id);
  });
}

/** Ends a run that only a person can help. What was applied before stays; the cursor does not move. */
async function stop(context: PullContext, runId: string, error: NeedsOperatorError, lease: Lease): Promise<void> {
  await underLease(context, lease, async (trx) => {
    await finishRun(trx, runId, {
      outcome: 'failed',
      now: context.now(),
      error: { code: error.code, message: error.message },
    });
    await dropStage(trx, runId);
  });
}

/** Lets the connector put away what every entity has read. Repeated after the next run if it fails now. */
async function settle(context: PullContext, { connection, connector }: PullTarget): Promise<void> {
  if (!connector.settle) return;
  const ids = await sourceIds(context.db, connection.name);
  const read: Array<{ entity: EntityName; options: unknown; cursor: Cursor }> = [];
  for (const { entity, read: options } of connection.entities) {
    read.push({
      entity,
      options: connector.sources[entity]?.options.parse(options ?? {}),
      cursor: (await loadCursor(context.db, ids[entity])).cursor,
    });
  }
  const config = connector.config.parse(connection.settings);
  const { signal, now, settings, border } = context;
  const session = openSession(connector, { connection: connection.name, config, baseFolder: settings.baseFolder, signal, now }, border);
  await connector.settle(session, read);
}

/** The run has ended well; that its files could not be put away is for a person to know, and is tried again after the next run. */
async function tellUnsettled(context: PullContext, runId: string, error: unknown): Promise<void> {
  const notice: Notice = { code: 'NOT_SETTLED', message: error instanceof Error ? error.message : String(error) };
  await addNotice(context.db, runId, notice);
}

async function reload(context: PullContext, runId: string): Promise<Run> {
  const run = await loadRun(context.db, runId);
  if (!run) throw new RetryLaterError('LEASE_LOST', `run ${runId} has vanished`);
  return run;
}
