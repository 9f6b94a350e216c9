/** Every migration, in the order of their making. */
import type { Knex } from 'knex';
import { createProfileTables } from './0001-profiles.ts';
import { createOrdersMigration } from './0002-orders.ts';

export interface Migration {
  /** Its identity for ever; the order is that of the list. */
  readonly name: string;
  up(trx: Knex.Transaction): Promise<void>;
}

export const migrations: readonly Migration[] = [
  { name: '0001-profiles', up: createProfileTables },
  { name: '0002-orders', up: createOrdersMigration },
];
