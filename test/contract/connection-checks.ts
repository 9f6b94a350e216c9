/** Whether access is proved honestly: wrong log-ins, missing rights, settings. */
import { KontorError } from '../../src/errors.ts';
import type { Dialect, SimAnswer } from '../simulator/server.ts';
import { sourceOf, withScene } from './scene.ts';
import type { Check, CheckContext } from './types.ts';

const checks: Check = {
  name: 'proves access with a call or two, and says what answered',
  about: 'connector',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { summary, warnings } = await context.connector.check(scene.session);
      return [
        ...(summary.trim() === '' ? ['check says nothing of the system'] : []),
        ...(warnings.some((warning) => warning.trim() === '') ? ['a warning is empty'] : []),
        ...(scene.simulator.requests.some(({ on }) => on === 'write') ? ['check writes'] : []),
      ];
    }),
};

/** A lock-out needs a handful of wrong log-ins; two in a row are the most that is ever needed to be sure. */
const MOST_LOGINS = 2;

const refusesLogin: Check = {
  name: 'says at once that a login is refused, and does not try until the account is locked',
  about: 'connector',
  run: (context) =>
    withScene(context, {}, async (scene) => {
      const { connector, entity, simulator } = scene;
      const wrong = wrongLogin(context, simulator.settings);
      if (wrong === undefined) return ['no setting looks like a secret; tell the suite with `wrongLogin` how to log in wrongly'];
      const findings: string[] = [];
      await withScene(context, { settings: wrong }, async (locked) => {
        for (const [what, run] of [
          ['check', () => connector.check(locked.session)],
          ['a pull', () => locked.pull()],
        ] as const) {
          const before = locked.simulator.requests.length;
          const code = await codeOf(run);
          const asked = locked.simulator.requests.length - before;
          if (code !== 'ERP_LOGIN_REFUSED')
            findings.push(`${what} of ${entity} with a wrong login ended with ${code}, not ERP_LOGIN_REFUSED`);
          if (asked > MOST_LOGINS) findings.push(`${what} with a wrong login sent ${asked} requests; ${MOST_LOGINS} are enough to know`);
        }
      });
      return findings;
    }),
};

function wrongLogin({ stage }: CheckContext, settings: Record<string, unknown>): Record<string, unknown> | undefined {
  if (stage.wrongLogin) return stage.wrongLogin(settings);
  const secrets = Object.entries(settings).filter(
    ([name, value]) => typeof value === 'string' && /password|secret|token$|key$/i.test(name),
  );
  return secrets.length === 0 ? undefined : Object.fromEntries(secrets.map(([name, value]) => [name, `${String(value)}X`]));
}

const DENIED: SimAnswer = { status: 403, json: { error: 'Not allowed' } };

const namesPermission: Check = {
  name: 'names the right that is missing',
  about: 'entity',
  run(context) {
    const { stage, entity } = context;
    let isDenied = false;
    const dialect = (one: Dialect): Dialect => ({
      ...one,
      handle: (...args) => (isDenied ? (stage.denied ?? DENIED) : one.handle(...args)),
    });
    return withScene(context, { dialect }, async (scene) => {
      // Logged in first: it is the right to read that is missing.
      await scene.pull();
      isDenied = true;
      const error = await errorOf(() => scene.pull());
      if (!(error instanceof KontorError) || error.code !== 'ERP_PERMISSION_MISSING')
        return [`a login without the right to read ${entity} ended with ${codeOfError(error)}, not ERP_PERMISSION_MISSING`];
      const isNamed = scene.simulator.requests.some(({ path }) => error.message.includes(path)) || /"[^"]+"/.test(error.message);
      return isNamed ? [] : [`the message names neither address nor the system's words: ${error.message}`];
    });
  },
};

const settingsAreDescribed: Check = {
  name: 'describes every setting, and refuses those it does not know',
  about: 'connector',
  run: async (context) =>
    withScene(context, {}, async ({ connector, simulator, stage }) => {
      const shape = 'shape' in connector.config ? (connector.config.shape as Record<string, { description?: string }>) : {};
      const shared = new Set(['tls', 'limits']);
      const silent = Object.entries(shape).filter(([name, { description }]) => !shared.has(name) && !description);
      const given = stage.settings?.(simulator.settings, 4) ?? simulator.settings;
      return [
        ...silent.map(([name]) => `setting ${name} has no .describe()`),
        ...(connector.config.safeParse({ ...given, nobodyKnowsThis: 1 }).success ? ['a setting nobody knows is taken'] : []),
        ...(sourceOf(context, context.entity).options.safeParse({ nobodyKnowsThis: 1 }).success
          ? ['a `read` option nobody knows is taken']
          : []),
      ];
    }),
};

async function errorOf(run: () => Promise<unknown>): Promise<unknown> {
  try {
    await run();
    return null;
  } catch (error) {
    return error;
  }
}

function codeOfError(error: unknown): string {
  if (error === null) return 'no error';
  return error instanceof KontorError ? error.code : String(error);
}

export async function codeOf(run: () => Promise<unknown>): Promise<string> {
  return codeOfError(await errorOf(run));
}

export const connectionChecks: readonly Check[] = [checks, refusesLogin, settingsAreDescribed, namesPermission];
