/** The connection orders go to, and its connector's way of taking them. */
import type { ConnectionSettings } from '../config/settings.ts';
import type { AnyConnector } from '../connector/contract.ts';
import { type AnySession, openSession } from '../connector/open-session.ts';
import { lookupLagOf, type OrderTarget } from '../connector/orders.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Pulled } from '../store/orders/load-for-push.ts';
import type { HandoffContext } from './order-context.ts';

export interface Target {
  readonly connection: ConnectionSettings;
  readonly connector: AnyConnector;
  // biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
  readonly orders: OrderTarget<any>;
}

/** Throws CONNECTION_UNKNOWN, with what to write into kontor.yaml. */
export function findOrderTarget({ settings, connectors }: Pick<HandoffContext, 'settings' | 'connectors'>, name: string): Target {
  const connection = settings.connections.get(name);
  const connector = connectors.find((candidate) => candidate.name === connection?.connector);
  if (connection && connector?.orders) return { connection, connector, orders: connector.orders };
  throw new NeedsOperatorError(
    'CONNECTION_UNKNOWN',
    `orders wait for connection "${name}", which is ${connection ? 'no system that takes orders' : 'not in kontor.yaml'}; configure it, or name another as orders.target`,
  );
}

/** Every connection of kontor.yaml that takes orders. */
export function orderTargets(context: Pick<HandoffContext, 'settings' | 'connectors'>): Target[] {
  return [...context.settings.connections.keys()].flatMap((name) => {
    try {
      return [findOrderTarget(context, name)];
    } catch {
      return [];
    }
  });
}

/** How long after it was made an order may stay invisible in this system. */
export function lookupLagMs(target: Target): number {
  return lookupLagOf(target.orders, configOf(target));
}

/** Settings are read once in the life of a process, and hundreds of orders a second go by them. */
const CONFIGS = new WeakMap<ConnectionSettings, unknown>();

function configOf({ connection, connector }: Target): never {
  if (!CONFIGS.has(connection)) CONFIGS.set(connection, connector.config.parse(connection.settings));
  return CONFIGS.get(connection) as never;
}

/** What a connection pulls itself has its own ids there; of the rest it is given the ids of where they came from. */
export function pulledBy(connection: ConnectionSettings | undefined): Pulled {
  const pulls = (name: string) => connection?.entities.some(({ entity }) => entity === name) ?? false;
  return { accounts: pulls('account'), addresses: pulls('address'), contacts: pulls('contact') };
}

export function openTarget(context: HandoffContext, target: Target, held?: { signal: AbortSignal; notAfter(): number }): AnySession {
  const { connection, connector } = target;
  const request = {
    connection: connection.name,
    config: configOf(target),
    baseFolder: context.settings.baseFolder,
    signal: held?.signal ?? context.signal,
    now: context.now,
    ...(held && { notAfter: () => held.notAfter() }),
  };
  return openSession(connector, request, context.border);
}
