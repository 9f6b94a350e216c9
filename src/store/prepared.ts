/**
 * Statements that PostgreSQL plans once per connection: those of every hand-off are short work and long to plan.
 *
 * Poolers that lend a connection for one transaction at a time (PgBouncer) would look for the plan on a server that never made it.
 * They tell a process id of their own, by which they are known; behind them every statement is planned each time, as ever.
 */
import type { Knex } from 'knex';
import type pg from 'pg';

/** `name` belongs to this text alone. */
export function prepared<Result>(statement: Knex.Raw<Result>, name: string): Knex.Raw<Result> {
  return statement.options({ name: `kontor_${name}` });
}

/** Of a new connection, which was told `backendPid` by the server that answers its statements. */
export function planAnewBehindPoolers(connection: pg.Client, backendPid: number): void {
  if ((connection as { processID?: number | null }).processID === backendPid) return;
  const query = connection.query.bind(connection) as (config: unknown, ...rest: unknown[]) => unknown;
  const unnamed = (config: unknown) =>
    typeof config === 'object' && config !== null && 'name' in config ? { ...config, name: undefined } : config;
  connection.query = ((config: unknown, ...rest: unknown[]) => query(unnamed(config), ...rest)) as typeof connection.query;
}
