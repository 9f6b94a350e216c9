/** Every migration, in the order of their making. */
import type { Knex } from 'knex';
import { createProfileTables } from './0001-profiles.ts';
import { createOrdersMigration } from './0002-orders.ts';
import { createNotificationTables } from './0003-notifications.ts';
import { createBudgetTables } from './0004-budgets.ts';
import { createClockTables } from './0005-clocks.ts';
import { countMailDeferrals } from './0006-mail-deferrals.ts';
import { addAlsoFor } from './0007-also-for.ts';
import { markFinalOrders } from './0008-final-orders.ts';
import { indexForPruning } from './0009-pruning.ts';
import { createBudgetClosings } from './0010-budget-closings.ts';
import { indexBudgetLookups } from './0011-budget-lookups.ts';
import { addStuckSteps } from './0012-stuck-steps.ts';
import { showBudgetsOnRadar } from './0013-budget-radar.ts';
import { rememberStuckTold } from './0014-stuck-told.ts';
import { addClockMark } from './0015-clock-mark.ts';

export interface Migration {
  /** Its identity for ever; the order is that of the list. */
  readonly name: string;
  up(trx: Knex.Transaction): Promise<void>;
}

export const migrations: readonly Migration[] = [
  { name: '0001-profiles', up: createProfileTables },
  { name: '0002-orders', up: createOrdersMigration },
  { name: '0003-notifications', up: createNotificationTables },
  { name: '0004-budgets', up: createBudgetTables },
  { name: '0005-clocks', up: createClockTables },
  { name: '0006-mail-deferrals', up: countMailDeferrals },
  { name: '0007-also-for', up: addAlsoFor },
  { name: '0008-final-orders', up: markFinalOrders },
  { name: '0009-pruning', up: indexForPruning },
  { name: '0010-budget-closings', up: createBudgetClosings },
  { name: '0011-budget-lookups', up: indexBudgetLookups },
  { name: '0012-stuck-steps', up: addStuckSteps },
  { name: '0013-budget-radar', up: showBudgetsOnRadar },
  { name: '0014-stuck-told', up: rememberStuckTold },
  { name: '0015-clock-mark', up: addClockMark },
];
