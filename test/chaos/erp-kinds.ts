/** The systems orders are handed off to: one with a second step after creation, one whose orders leave their table. */
import { template } from '../../connectors/_template/index.ts';
import { businessCentral } from '../../connectors/business-central/index.ts';
import type { AnyConnector } from '../../src/connector/contract.ts';
import type { Dialect } from '../simulator/dialect.ts';
import { businessCentralDialect } from '../simulator/dialects/business-central.ts';
import { templateDialect } from '../simulator/dialects/template.ts';
import { guid } from '../simulator/ids.ts';
import { runningClock, World } from '../simulator/world.ts';
import { ACCOUNTS, type ErpKind } from './scenario.ts';

export const CONNECTORS: Readonly<Record<ErpKind, AnyConnector>> = { template, 'business-central': businessCentral };

export const PRODUCT = '4711';
export const UNKNOWN_PRODUCT = 'GONE';

export function dialectOf(kind: ErpKind): Dialect {
  return kind === 'template' ? templateDialect() : businessCentralDialect();
}

/** Its customers have the same ids in every world. */
export function newWorld(): World {
  const world = new World({ clock: runningClock(), newId: guid });
  for (let place = 0; place < ACCOUNTS; place++) world.add('account', { name: `Customer ${place}`, number: `C-${place}` });
  world.add('product', { number: PRODUCT, name: 'Ladle' });
  return world;
}

export function externalIdOf(place: number): string {
  return guid('account', place + 1);
}
