/** The planner learns of a large import at once, not when autovacuum next comes by. */
import { ENTITIES } from '../connector/entities.ts';
import type { Database } from './database.ts';
import type { Run } from './runs.ts';

const LARGE = 10_000;

export async function refreshStatistics(db: Database, { counts, entity }: Run): Promise<void> {
  if (counts.created < LARGE) return;
  const columns = 'source_id, key, content_digest, fingerprint, run_id';
  await db.raw(`analyze links, source_records (${columns}), changes (local_id, id, run_id), ${ENTITIES[entity].table}`);
}
