/**
 * The suite every connector passes. Its author writes five lines:
 *
 *   import { describeConnector } from '../connector-contract.ts';
 *   describeConnector(odoo, { dialect: odooDialect });
 *
 * The suite fills a world (test/simulator), lets the dialect speak for it, reads through the connector the way the engine does, and compares
 * with the world. What it must be told beyond that is in `Stage` (test/contract/types.ts).
 */
import { describe, expect, it } from 'vitest';
import type { AnyConnector } from '../src/connector/contract.ts';
import type { EntityName } from '../src/connector/entities.ts';
import { CHECKS, findingsOf } from './contract/index.ts';
import type { Check, CheckContext, Stage } from './contract/types.ts';

export type { EntityStage, OrderStage, Stage, WorldEntity } from './contract/types.ts';

/** `npm run test:contract` plays what `npm test` leaves out: the long checks, for all entities but the first and for later versions and
 * styles of a connector that a file describes more than once. */
const isRest = process.env.CONTRACT === 'rest';
const isMeant = ({ isLong }: Check): boolean => (isLong === true) === isRest;

const described = new Set<string>();

export function describeConnector(connector: AnyConnector, stage: Stage): void {
  const worldly = (Object.keys(connector.sources) as EntityName[]).filter((entity) => entity !== 'rate');
  const entities = worldly.filter((entity) => stage.entities?.[entity] !== false);
  const first = entities[0];
  if (!first) throw new Error(`connector ${connector.name} has nothing to read`);

  // The first one is played as a whole.
  const isMeantOfMain = described.has(connector.name) ? isMeant : () => !isRest;
  described.add(connector.name);

  describe(`${connector.name}: the contract`, () => {
    declare('connection', 'connector', { connector, stage, entity: first }, () => !isRest);
    declare(first, 'entity', { connector, stage, entity: first }, isMeantOfMain);
    for (const entity of entities.slice(1)) declare(entity, 'entity', { connector, stage, entity }, isMeant);
    if (connector.orders && stage.orders !== false) declare('orders', 'orders', { connector, stage, entity: first }, isMeantOfMain);
    if (isRest && entities.length === 1) it('has one entity, which npm test plays as a whole', () => expect(entities).toEqual([first]));
  });
}

function declare(title: string, about: Check['about'], context: CheckContext, isAsked: (check: Check) => boolean): void {
  const checks = CHECKS.filter((check) => check.about === about && check.applies?.(context) !== false && isAsked(check));
  if (checks.length === 0) return;
  describe(title, () => {
    it.each(checks.map((check) => [check.name, check] as const))('%s', async (_, check) => {
      expect(await findingsOf(check, context)).toEqual([]);
    });
  });
}
