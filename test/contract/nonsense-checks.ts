/** A bad record in an answer is one bad record: the reading goes on, and the others are read. */
import type { HttpAnswer } from '../../src/connector/http/types.ts';
import type { AnySession } from '../../src/connector/open-session.ts';
import { atOnce, orSay } from './at-once.ts';
import { type Scene, withScene } from './scene.ts';
import type { Check } from './types.ts';

type Spoil = (record: unknown) => unknown;

const WHOLE: readonly [string, Spoil][] = [
  ['null', () => null],
  ['a text', () => 'nonsense'],
  ['a number', () => 42],
  ['a list', () => []],
  ['an empty record', () => ({})],
];

/** Every field in turn: gone, null, of a wrong type. */
function spoilsOf(record: object): Array<[string, Spoil]> {
  const fields = Object.keys(record).flatMap(
    (key): Array<[string, Spoil]> => [
      [`a record without ${key}`, (one) => Object.fromEntries(Object.entries(one as object).filter(([name]) => name !== key))],
      [`a record with ${key} null`, (one) => ({ ...(one as object), [key]: null })],
      [`a record with ${key} of a wrong type`, (one) => ({ ...(one as object), [key]: [{ nonsense: true }] })],
    ],
  );
  return [...WHOLE, ...fields];
}

const survivesNonsense: Check = {
  name: 'reads on past nonsense in an answer: one bad record is one bad record',
  about: 'entity',
  isLong: true,
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { first, total } = await look(scene);
      if (!first) return [];
      return atOnce(spoilsOf(first), 1, ([what, spoil]) =>
        orSay(`${what} in an answer`, async () => {
          const { pages, bad, failures } = await scene.pull({ session: spoiling(scene.session, spoil) });
          const read = pages.flatMap((page) => page.raws).length;
          if (failures.length > 0)
            return [`${what} in an answer: reading it was tried again (${failures[0]?.message}); it would be, for ever`];
          // What is flattened may be several records; all others must be there.
          return read + bad.length >= total - 3 ? [] : [`${what} in an answer: only ${read} of ${total} records were read`];
        }),
      );
    }),
};

/** The first record of the first list that looks like a page, and how many records a whole reading gives. */
async function look(scene: Scene): Promise<{ first: object | undefined; total: number }> {
  let first: object | undefined;
  const { pages } = await scene.pull({ session: spoiling(scene.session, (record) => { first ??= record as object; return record; }) }); // biome-ignore format: one spy
  return { first, total: pages.flatMap((page) => page.raws).length };
}

/** Spoils the first record of the first list with several; not the last, for pages are continued from it. */
function spoiling(session: AnySession, spoil: Spoil): AnySession {
  let isDone = false;
  return {
    ...session,
    http: {
      async send(request) {
        const answer = await session.http.send(request);
        if (isDone || !listIn(answer.json)) return answer;
        isDone = true;
        const json: unknown = structuredClone(answer.json);
        const list = listIn(json);
        if (list) list[0] = spoil(list[0]);
        return { ...answer, json, text: JSON.stringify(json) } satisfies HttpAnswer;
      },
    },
  };
}

/** The longest list of objects in an answer, if it has more than one. */
function listIn(json: unknown): unknown[] | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  const inner = Object.values(json).map(listIn);
  const own = Array.isArray(json) && json.length > 1 && json.every((one) => typeof one === 'object' && one !== null) ? [json] : [];
  return [...own, ...inner.filter((one) => one !== undefined)].sort((a, b) => b.length - a.length)[0];
}

export const nonsenseChecks: readonly Check[] = [survivesNonsense];
