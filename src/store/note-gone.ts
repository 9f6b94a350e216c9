import type { Transaction } from './database.ts';
import type { Notice } from './runs.ts';

const EXAMPLES = 10;

/**
 * Adds to the one notice of a run that tells what the source has deleted. Nothing of ours is removed by it. `keys` may name what was never
 * held here (sources tell of everything that was deleted there, ours or not); that is no news.
 */
export async function noteGone(trx: Transaction, runId: string, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  const run = await trx('runs')
    .where({ id: runId, state: 'reading' })
    .forUpdate()
    .first<{ notices: Notice[]; source_id: number } | undefined>('notices', 'source_id');
  if (!run) return;
  const held = trx('links')
    .where({ source_id: run.source_id })
    .whereRaw('key = any(?::text[])', [[...keys]]);
  const gone: string[] = await held.orderBy('key').pluck('external_id');
  if (gone.length === 0) return;
  const told = run.notices.find(({ code }) => code === 'GONE_AT_SOURCE');
  const count = (told?.count ?? 0) + new Set(gone).size;
  const examples = [...new Set([...(told?.examples ?? []), ...gone])].slice(0, EXAMPLES);
  const records = count === 1 ? '1 record was' : `${count} records were`;
  const more = count > examples.length ? ', ...' : '';
  const message = `${records} deleted at the source: ${examples.join(', ')}${more}; nothing was removed here`;
  const notice: Notice = { code: 'GONE_AT_SOURCE', message, count, examples };
  const notices = [...run.notices.filter((one) => one !== told), notice];
  await trx('runs')
    .where({ id: runId })
    .update({ notices: JSON.stringify(notices) });
}
