/** Whatever happens on the way, what was pulled is what is true: nothing lost, and no early end taken for the end. */

import type { AccidentName, AccidentOptions, Accidents } from '../simulator/server.ts';
import { STORM } from '../simulator/server.ts';
import { waitFor } from '../support/wait.ts';
import { atOnce, orSay, sayError } from './at-once.ts';
import { change, insert, rowAt } from './changes.ts';
import { withScene } from './scene.ts';
import { compare } from './truth.ts';
import type { Check, CheckContext } from './types.ts';

interface Case {
  readonly name: AccidentName;
  readonly options: AccidentOptions;
}

/** More often than the border repeats in place: the pull itself must be resumed. */
const STUBBORN = 4;
const SIDE_BY_SIDE = 16;

const survivesAccidents: Check = {
  name: 'pulls what is true through each accident, on the first, a middle and the last request',
  about: 'entity',
  isLong: true,
  async run(context) {
    const count = await withScene(context, {}, async (scene) => {
      await scene.pull();
      return scene.simulator.requests.length;
    });
    const cases: Case[] = STORM.flatMap((name) => [
      ...[...new Set([0, Math.floor(count / 2), count - 1])].map((after) => ({ name, options: { after } })),
      // A session that is refused right after its log-in is a refused login.
      ...(name === 'session-expired' ? [] : [{ name, options: { after: Math.floor(count / 2), times: STUBBORN } }]),
    ]);
    return atOnce(cases, SIDE_BY_SIDE, (one) => survives(context, one));
  },
};

function survives(context: CheckContext, { name, options }: Case): Promise<readonly string[]> {
  const when = `${name} at request ${(options.after ?? 0) + 1}${options.times === undefined ? '' : `, ${options.times} times`}`;
  return orSay(when, () =>
    withScene(context, {}, async (scene) => {
      scene.simulator.accidents.next(name, { ...options, retryAfterSeconds: 0 });
      const { held } = await scene.pull();
      const { happened } = scene.simulator.accidents;
      if (happened.length === 0) return [`${when}: it did not happen; the reading has become shorter`];
      return compare(scene, held, when);
    }),
  );
}

const survivesStorm: Check = {
  name: 'pulls what is true through storms, in full and in deltas',
  about: 'entity',
  isLong: true,
  run: (context) =>
    atOnce([11, 12, 13], 3, (seed) =>
      orSay(`storm ${seed}`, () =>
        withScene(context, { seed }, async (scene) => {
          const { accidents } = scene.simulator;
          startStorm(accidents, seed);
          const first = await scene.pull();
          scene.world.tick(60_000);
          for (let turn = 0; turn < 6; turn += 1) {
            insert(scene, `storm-${turn}`);
            change(scene, rowAt(scene, turn * 2).id, `storm-${turn}`);
          }
          const second = await scene.pull({ cursor: first.cursor });
          accidents.calm();
          return compare(scene, new Map([...first.held, ...second.held]), `storm ${seed} (${accidents.happened.length} accidents)`);
        }),
      ),
    ),
};

const survivesSilence: Check = {
  name: 'gives up an answer that never ends, and pulls what is true',
  about: 'connector',
  applies: ({ connector }) => 'shape' in connector.config && 'timeoutSeconds' in (connector.config.shape as object),
  run: (context) =>
    withScene(context, { timeoutSeconds: 1 }, async (scene) => {
      scene.simulator.accidents.next('never-ends', { after: 2 });
      return compare(scene, (await scene.pull()).held, 'after an answer that never ended');
    }),
};

const renewsSession: Check = {
  name: 'goes on when its session expires before any request, and again and again',
  about: 'entity',
  isLong: true,
  async run(context) {
    const count = await withScene(context, {}, async (scene) => {
      await scene.pull();
      return scene.simulator.requests.length;
    });
    return atOnce([...Array(count).keys(), -1], SIDE_BY_SIDE, (after) => {
      const when = after === -1 ? 'a session that expires at every third request' : `a session that expires before request ${after + 1}`;
      return orSay(when, () =>
        withScene(context, {}, async (scene) => {
          const { accidents } = scene.simulator;
          if (after >= 0) accidents.next('session-expired', { after });
          else for (let turn = 0; turn <= count; turn += 1) accidents.next('session-expired', { after: 1 + turn * 3 });
          return compare(scene, (await scene.pull()).held, when);
        }),
      );
    });
  },
};

const stops: Check = {
  name: 'ends at once when it is told to, and not as if all had been read',
  about: 'entity',
  run: async (context) => [...(await stopsBetween(context)), ...(await stopsWithin(context))],
};

function stopsBetween(context: CheckContext): Promise<string[]> {
  return withScene(context, {}, async (scene) => {
    const stop = new AbortController();
    const session = scene.open(stop.signal);
    let asked = 0;
    const outcome = await outcomeOf(async () => {
      for await (const _ of scene.source.read(session, scene.readOptions(), null)) {
        if (stop.signal.aborted) continue;
        stop.abort();
        asked = scene.simulator.requests.length;
      }
    });
    const further = scene.simulator.requests.length - asked;
    return [
      ...(outcome === null ? ['stopped after its first page, the reading ended as if all had been read'] : []),
      ...(further > 0 ? [`stopped after its first page, it sent ${further} more requests`] : []),
    ];
  });
}

/** In the middle of an answer that would never end. */
function stopsWithin(context: CheckContext): Promise<string[]> {
  return withScene(context, {}, async (scene) => {
    const { accidents, requests } = scene.simulator;
    const stop = new AbortController();
    accidents.next('never-ends', { after: 1, times: 9 });
    const reading = outcomeOf(() => scene.pull({ signal: stop.signal }));
    await waitFor(() => accidents.happened.length > 0);
    const asked = requests.length;
    stop.abort();
    const outcome = await reading;
    return [
      ...(outcome === null ? ['stopped in the middle of an answer, the reading ended as if all had been read'] : []),
      ...(requests.length > asked ? ['stopped in the middle of an answer, it asked again'] : []),
    ];
  });
}

/** Everything at once. Sessions expire at a distance: one that is refused right after its log-in is a refused login. */
export function startStorm(accidents: Accidents, seed: number, { rate = 0.5, everyNth = 9 } = {}): void {
  for (let turn = 1; turn <= 10; turn += 1) accidents.next('session-expired', { after: turn * everyNth });
  accidents.storm({ seed, rate, names: STORM.filter((name) => name !== 'session-expired') });
}

/** `null` when all went well. */
export async function outcomeOf(run: () => Promise<unknown>): Promise<string | null> {
  try {
    await run();
    return null;
  } catch (error) {
    return sayError(error);
  }
}

export const accidentChecks: readonly Check[] = [survivesAccidents, survivesStorm, survivesSilence, renewsSession, stops];
