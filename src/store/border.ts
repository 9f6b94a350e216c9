/** Limits and tokens that all workers share, in PostgreSQL. */
import type { Border } from '../connector/http/border.ts';
import { gatesOn } from '../connector/http/gates.ts';
import type { Database } from './database.ts';
import { databaseGates, type GateClock } from './rate-gates.ts';
import { databaseVault } from './token-vault.ts';

export function databaseBorder(db: Database, clock: GateClock = {}): Border {
  return { gates: gatesOn(databaseGates(db, clock)), vault: databaseVault(db), renewsKeys: true };
}
