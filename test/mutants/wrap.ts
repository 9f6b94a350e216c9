/** Ways to break a good connector in one place. */
import type { AnyConnector, AnySource } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import type { HttpAnswer, HttpRequest, VerdictRule } from '../../src/connector/http/types.ts';
import type { AnySession } from '../../src/connector/open-session.ts';
import type { OrderTarget } from '../../src/connector/orders.ts';

/** Every source changed; those of one entity only if it is named. */
export function withSource(connector: AnyConnector, change: (source: AnySource) => Partial<AnySource>, only?: EntityName): AnyConnector {
  const sources = Object.entries(connector.sources).map(([entity, source]) => [
    entity,
    only === undefined || only === entity ? { ...source, ...change(source) } : source,
  ]);
  return { ...connector, sources: Object.fromEntries(sources) };
}

/** Every value the mapping reads goes through `change`. */
export function withValues(connector: AnyConnector, change: (value: unknown, name: string, raw: unknown) => unknown): AnyConnector {
  return withSource(connector, (source) => ({
    access(raw) {
      const access = source.access(raw);
      return {
        shape: access.shape,
        names: access.names,
        at(name) {
          const read = access.at(name);
          return read && ((one) => change(read(one), name, one));
        },
      };
    },
  }));
}

// biome-ignore lint/suspicious/noExplicitAny: targets of connectors of every configuration
export function withOrders(connector: AnyConnector, change: (target: OrderTarget<any>) => Partial<OrderTarget<any>>): AnyConnector {
  return connector.orders ? { ...connector, orders: { ...connector.orders, ...change(connector.orders) } } : connector;
}

type Send = (request: HttpRequest) => Promise<HttpAnswer>;

export function sessionThrough(session: AnySession, send: (request: HttpRequest, further: Send) => Promise<HttpAnswer>): AnySession {
  return { ...session, http: { send: (request) => send(request, (one) => session.http.send(one)) } };
}

/** Reads whose requests and answers go through `send`. */
export function withSend(connector: AnyConnector, send: (request: HttpRequest, further: Send) => Promise<HttpAnswer>): AnyConnector {
  return withSource(connector, (source) => ({
    read: (session, options, cursor) => source.read(sessionThrough(session, send), options, cursor),
  }));
}

export function withVerdicts(connector: AnyConnector, change: (rules: readonly VerdictRule[]) => readonly VerdictRule[]): AnyConnector {
  const { http } = connector;
  if (!http) return connector;
  return {
    ...connector,
    http: (config) => {
      const profile = http(config);
      return { ...profile, verdicts: change(profile.verdicts) };
    },
  };
}

/** Whatever is no page is taken for an empty one. */
export async function emptyUnlessPage(request: HttpRequest, further: Send): Promise<HttpAnswer> {
  const answer = await further(request);
  const isPage = typeof answer.json === 'object' && answer.json !== null && 'items' in answer.json;
  return isPage ? answer : { ...answer, json: { items: [], more: false } };
}
