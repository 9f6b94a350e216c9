/** Progress of several things at once: bars on a terminal, now and then a plain line elsewhere, nothing with --json. */
import { MultiBar, Presets, type SingleBar } from 'cli-progress';
import type { App } from './app.ts';
import { describeTerminal } from './terminal.ts';

export interface Step {
  readonly label: string;
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

export interface Progress {
  update(step: Step): void;
  stop(): void;
}

const LINE_EVERY_MS = 5_000;

export function showProgress({ out, surroundings: { stderr, env } }: App): Progress {
  if (out.json) return { update: () => undefined, stop: () => undefined };
  const { isTTY, width } = describeTerminal(stderr, env, true);
  return isTTY && env.TERM !== 'dumb' && !env.CI ? bars(stderr, width) : lines(stderr);
}

function bars(stream: NodeJS.WriteStream, width: number): Progress {
  const format = width >= 70 ? '{label}  {bar}  {percentage} %  {phase}' : '{label} {percentage} % {phase}';
  const options = { stream, format, barsize: Math.min(40, width - 50), hideCursor: true, clearOnComplete: false, fps: 10 };
  const multi = new MultiBar(options, Presets.shades_classic);
  const known = new Map<string, SingleBar>();
  return {
    update({ label, phase, done, total }) {
      const payload = { label: label.padEnd(20), phase };
      const bar = known.get(label) ?? multi.create(Math.max(total, 1), 0, payload);
      known.set(label, bar);
      bar.setTotal(Math.max(total, 1));
      bar.update(Math.min(done, Math.max(total, 1)), payload);
    },
    stop: () => multi.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): Progress {
  const told = new Map<string, { phase: string; atMs: number }>();
  return {
    update({ label, phase, done, total }) {
      const before = told.get(label);
      const isOver = total > 0 && done >= total;
      if (before?.phase === phase && (isOver || performance.now() - before.atMs < LINE_EVERY_MS)) return;
      told.set(label, { phase, atMs: performance.now() });
      const share = total > 0 && !isOver ? ` ${Math.floor((100 * done) / total)} %` : '';
      stream.write(`${label}: ${phase}${share}\n`);
    },
    stop: () => undefined,
  };
}
