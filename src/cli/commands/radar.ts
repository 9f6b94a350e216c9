/** `kontor radar`: what nobody brings on by itself, and what a person can do about it. */
import type { Command } from 'commander';
import { loadRadar } from '../../store/views/radar.ts';
import type { App } from '../app.ts';
import { wholeNumber, withExamples } from '../arguments.ts';
import { drawRadar } from '../draw-radar.ts';

export function addRadarCommand(program: Command, app: App): void {
  const radar = program
    .command('radar')
    .description(
      'orders nobody can decide or has decided in time, hand-offs that stand still, notices that failed, budgets that need somebody; each with its cure',
    )
    .option('--limit <number>', 'how many of each kind', wholeNumber(1, 1000), 50)
    .action(async ({ limit }: { limit: number }) => {
      const { db } = await app.store(await app.settings([]));
      app.out.answer(await loadRadar(db, { now: new Date(), limit }), drawRadar);
    });
  withExamples(radar, ['kontor radar', 'kontor radar --limit 500 --json']);
}
