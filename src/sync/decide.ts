/** Between reading and applying: what may not be applied is set aside, and the guards speak. */
import type { GuardSettings } from '../config/settings.ts';
import { ENTITIES } from '../connector/entities.ts';
import { RetryLaterError } from '../errors.ts';
import { holdsNothing, planBatches } from '../store/apply-drafts.ts';
import type { Transaction } from '../store/database.ts';
import { fileBadRecords } from '../store/quarantine.ts';
import { beginApplying, finishRun } from '../store/run-progress.ts';
import type { Notice, Run } from '../store/runs.ts';
import { dropStage, expandKnown, indexStage, stageSize } from '../store/stage.ts';
import { setAsideCircles } from '../store/staged-circles.ts';
import { setAsideContestedKeys, setAsideRepeatedKeys, setAsideRespelledKeys } from '../store/staged-conflicts.ts';
import { setAsideContestedRates } from '../store/stated-rates.ts';

/** Bad records kept of a run that was stopped for having too many of them: enough to see why. */
const KEPT_OF_STOPPED_RUN = 1_000;
const KEPT_OF_RUN = 1_000_000;

/**
 * Moves the run on to applying, in the caller's transaction; or ends it as held (TOO_MANY_REJECTED), nothing applied.
 * Throws SOURCE_CHANGED when records were left out as known that are not. `isFirst`: nothing of the source is held yet.
 */
export async function decide(trx: Transaction, run: Run, guards: GuardSettings, now: Date): Promise<{ isFirst: boolean }> {
  if (!(await expandKnown(trx, run.id, run.sourceId)))
    throw new RetryLaterError('SOURCE_CHANGED', 'records taken for known are not what is held; everything is read anew');
  await indexStage(trx, run.id);
  const { repeated } = await setAsideRepeatedKeys(trx, run.id, run.sourceId);
  await setAsideRespelledKeys(trx, run.id, run.sourceId);
  if (run.mode === 'delta' && run.cursorFrom !== null) await setAsideContestedKeys(trx, run.id, run.sourceId);
  const { tree, isFact } = ENTITIES[run.entity];
  if (isFact) await setAsideContestedRates(trx, run.id, run.sourceId);
  if (tree) await setAsideCircles(trx, run.id, run.sourceId, tree);

  const { drafts, bad } = await stageSize(trx, run.id);
  // A person chose what to replay; what is still bad there must not hold up the rest.
  const tooMany = run.mode !== 'replay' && bad >= guards.minRejected && bad > run.staged * guards.maxRejectedShare;
  const { filed, leftOut } = await fileBadRecords(trx, run.id, run.sourceId, now, tooMany ? KEPT_OF_STOPPED_RUN : KEPT_OF_RUN);
  const notices: Notice[] = [];
  if (repeated > 0)
    notices.push({
      code: 'REPEATED_RECORDS',
      message: `${repeated === 1 ? '1 record repeats another one word for word and was' : `${repeated} records repeat another one word for word and were`} ignored`,
    });
  if (leftOut > 0)
    notices.push({
      code: 'QUARANTINE_CUT',
      message: `${leftOut} further bad record${leftOut === 1 ? ' was' : 's were'} not kept, the first ${filed} are`,
    });
  const unchanged = tooMany ? 0 : Math.max(0, run.staged - repeated - bad - drafts);
  await beginApplying(trx, run.id, { read: run.staged, quarantined: filed, repeated, unchanged }, notices);
  if (tooMany) {
    await finishRun(trx, run.id, { outcome: 'held', now, error: tooManyRejected(run, bad, guards) });
    await dropStage(trx, run.id);
  } else await planBatches(trx, run.id, { drafts, staged: run.staged });
  return { isFirst: await holdsNothing(trx, run.sourceId) };
}

function tooManyRejected(run: Run, bad: number, guards: GuardSettings): { code: 'TOO_MANY_REJECTED'; message: string } {
  const percent = (share: number) => `${Number((100 * share).toFixed(2))} %`;
  return {
    code: 'TOO_MANY_REJECTED',
    message:
      `${bad} of ${run.staged} ${run.entity} records from "${run.connection}" were bad (${percent(bad / run.staged)}, allowed ` +
      `${percent(guards.maxRejectedShare)}), so nothing was applied; see \`kontor quarantine list --run ${run.id}\`, correct the source or the mapping, and pull again`,
  };
}
