/** Tables behind schedules, leases and the list of live workers. Part of the first migration. */
import type { Knex } from 'knex';

export async function createQueueTables(trx: Knex.Transaction): Promise<void> {
  await trx.schema.createTable('schedules', (table) => {
    table.text('name').primary({ constraintName: 'schedules_pkey' });
    table.text('cron').notNullable();
    table.text('zone').notNullable();
    table.text('catch_up').notNullable();
    table.text('job_name').notNullable();
    table.jsonb('payload').notNullable();
    table.timestamp('active_since').notNullable();
    table.timestamp('updated_at').notNullable().defaultTo(trx.fn.now());
    table.check("catch_up in ('all', 'latest', 'none')", {}, 'schedules_catch_up_check');
  });

  await trx.schema.createTable('slots', (table) => {
    table.text('schedule').notNullable();
    table.timestamp('due_at').notNullable();
    table.text('state').notNullable();
    table.boolean('late').notNullable();
    table.text('job_name').notNullable();
    table.jsonb('payload').notNullable();
    table.timestamp('claimed_at').notNullable().defaultTo(trx.fn.now());
    table.timestamp('queued_at');
    table.timestamp('finished_at');
    table.unique(['schedule', 'due_at'], { indexName: 'slots_schedule_due_at_key' });
    table.check("state in ('due', 'queued', 'done', 'skipped')", {}, 'slots_state_check');
  });
  await trx.raw("create index slots_open_idx on slots (schedule, due_at) where state in ('due', 'queued')");

  await trx.schema.createTable('leases', (table) => {
    table.text('name').primary({ constraintName: 'leases_pkey' });
    table.text('holder').notNullable();
    table.bigInteger('fence').notNullable();
    table.timestamp('expires_at').notNullable();
  });

  await trx.schema.createTable('workers', (table) => {
    table.uuid('id').primary({ constraintName: 'workers_pkey' });
    table.text('host').notNullable();
    table.integer('pid').notNullable();
    table.timestamp('started_at').notNullable().defaultTo(trx.fn.now());
    table.timestamp('seen_at').notNullable().defaultTo(trx.fn.now());
    table.text('backend').notNullable();
  });
}
