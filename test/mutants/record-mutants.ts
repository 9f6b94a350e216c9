/** Connectors that make the wrong thing of a record, or say what is not true of their system. */
import { template } from '../../connectors/_template/index.ts';
import { templateSettings } from '../../connectors/_template/settings.ts';
import type { AnyConnector, MappingSpec } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import { RetryLaterError } from '../../src/errors.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import type { Dialect, SimAnswer } from '../simulator/server.ts';
import type { Mutant } from './mutant.ts';
import { withSource, withValues, withVerdicts } from './wrap.ts';

const PURE = 'maps without changing the record, twice the same, whatever the time, and back from quarantine';

function mapping(change: MappingSpec, only?: EntityName): AnyConnector {
  return withSource(template, (source) => ({ mapping: { ...source.mapping, ...change } }), only);
}

const usesClock = withValues(template, (value, name) =>
  name === 'name' && typeof value === 'string' ? `${value} ${new Date().getFullYear()}` : value,
);

const usesChance = withValues(template, (value, name) => (name === 'name' ? `${String(value)} ${Math.random()}` : value));

const changesRecord = withValues(template, (value, _, raw) => {
  (raw as { seen?: boolean }).seen = true;
  return value;
});

const throwsOnNonsense = withValues(template, (value, name) => (name === 'name' ? (value as string).trim() : value));

/** One bad record spoils its page. */
const parsesPagesWhole = withSource(template, (source) => ({
  async *read(session, options, cursor) {
    for await (const page of source.read(session, options, cursor)) {
      if (page.unreadable && page.unreadable.length > 0)
        throw new RetryLaterError('ERP_ANSWER_UNUSABLE', 'a record is not as it should be');
      yield page;
    }
  },
}));

const loginLoops: AnyConnector = {
  ...template,
  async check(session) {
    for (let attempt = 1; attempt < 6; attempt += 1) {
      try {
        return await template.check(session);
      } catch {}
    }
    return template.check(session);
  },
};

const takesRightForOutage = withVerdicts(template, () => [{ status: 403, verdict: 'unavailable' }]);

/** The same system, with a clock that shows whole seconds. */
function secondsDialect(): Dialect {
  const dialect = templateDialect();
  return {
    ...dialect,
    async handle(request, world, context): Promise<SimAnswer> {
      const answer = await dialect.handle(request, world, context);
      return { ...answer, json: JSON.parse(JSON.stringify(answer.json).replaceAll(/(T\d\d:\d\d:\d\d)\.\d{3}Z/g, '$1Z')) };
    },
  };
}

export const recordMutants: readonly Mutant[] = [
  {
    name: 'has nothing to say of the system it checked',
    connector: { ...template, check: async () => ({ summary: '', warnings: [] }) },
    caughtBy: 'proves access with a call or two, and says what answered',
  },
  {
    name: 'takes settings that nobody knows',
    connector: { ...template, config: templateSettings.loose() },
    caughtBy: 'describes every setting, and refuses those it does not know',
  },
  {
    name: 'gives several records one id',
    connector: mapping({ externalId: { column: 'id', transform: { slice: { from: 1, length: 1 } } } }),
    caughtBy: 'gives every record one id of its own, the same whenever it is read',
  },
  { name: 'asks the clock while it maps', connector: usesClock, caughtBy: PURE },
  { name: 'asks chance while it maps', connector: usesChance, caughtBy: PURE },
  { name: 'changes the record while it maps', connector: changesRecord, caughtBy: PURE },
  { name: 'has the same content for every record', connector: withSource(template, () => ({ content: () => 'same' })), caughtBy: PURE },
  { name: 'throws on nonsense while it maps', connector: throwsOnNonsense, caughtBy: 'makes problems of nonsense, never an error' },
  {
    name: 'gives a page up for one bad record',
    connector: parsesPagesWhole,
    caughtBy: 'reads on past nonsense in an answer: one bad record is one bad record',
  },
  {
    name: 'maps the city where the street belongs',
    connector: mapping({ city: 'street' }, 'address'),
    entity: 'address',
    caughtBy: 'reads everything, on several pages, with nothing bad among it',
  },
  {
    name: 'declares its stamps finer than they are',
    connector: template,
    stage: { dialect: secondsDialect },
    caughtBy: 'declares stamps no finer than they are',
  },
  {
    name: 'declares tombstones it does not read',
    connector: { ...template, traits: { ...template.traits, deletes: 'tombstones' } },
    caughtBy: 'tells what was deleted, as it declares with `deletes: tombstones`',
  },
  {
    name: 'logs in again and again with a wrong password',
    connector: loginLoops,
    caughtBy: 'says at once that a login is refused, and does not try until the account is locked',
  },
  { name: 'takes a missing right for an outage', connector: takesRightForOutage, caughtBy: 'names the right that is missing' },
];
