/** `kontor migrate`: brings the database to this version's shape. */
import type { Command } from 'commander';
import { migrate, migrationStatus } from '../../store/migrate.ts';
import type { App } from '../app.ts';
import { withExamples } from '../arguments.ts';

export function addMigrateCommand(program: Command, app: App): void {
  const command = program
    .command('migrate')
    .description("bring the database to this version's shape")
    .option('--dry-run', 'only list what would be done')
    .action(async ({ dryRun }: { dryRun?: boolean }) => {
      const { db } = await app.openStore(await app.settings([]));
      if (dryRun) {
        const { pending } = await migrationStatus(db);
        app.out.answer({ pending }, () => (pending.length > 0 ? pending.map((name) => `pending  ${name}`) : ['nothing to do']));
        return;
      }
      const { applied } = await migrate(db);
      app.out.answer({ applied }, () => (applied.length > 0 ? applied.map((name) => `applied  ${name}`) : ['nothing to do']));
    });
  withExamples(command, ['kontor migrate', 'DATABASE_URL=postgres://kontor@db/kontor kontor migrate', 'kontor migrate --dry-run']);
}
