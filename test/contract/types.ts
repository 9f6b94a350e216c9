/** What the suite is made of. A check is run once per entity (or once, for orders) against simulators of its own. */
import type { AnyConnector, DraftValue } from '../../src/connector/contract.ts';
import type { EntityName } from '../../src/connector/entities.ts';
import type { OrderToPlace } from '../../src/connector/orders.ts';
import type { Dialect, SimAnswer } from '../simulator/server.ts';
import type { World, WorldOptions } from '../simulator/world.ts';

/** What a simulated world holds. Rates come from sources that are declared, which read every entity in the same way. */
export type WorldEntity = Exclude<EntityName, 'rate'>;

export type Values = Readonly<Record<string, DraftValue | undefined>>;

/** What the suite must know of one entity beyond the connector itself; all of it is optional. */
export interface EntityStage {
  /** `read` of kontor.yaml; what the connector takes for {} if absent. */
  readonly read?: Record<string, unknown>;
  /** Mapped fields that cannot be compared with the world. Say why beside it. */
  readonly ignore?: readonly string[];
  /**
   * What is true of a row as this system can say it: `values` with some replaced (a shorter name, another status), `null` where it shows no
   * such record. `values` hold our fields in our words; references hold the *name* of the account, so that ids need not be known.
   */
  truth?(values: Values, row: { readonly id: string }, world: World): Values | readonly Values[] | null;
}

export interface OrderStage {
  /** The n-th reference, if "ORD-2026-000001" does not fit. */
  reference?(turn: number): string;
  /** Changes the order the suite places: other fields this system needs. */
  order?(order: OrderToPlace, world: World): OrderToPlace;
  /** An order the system refuses; one for an unknown product if absent. */
  refused?(order: OrderToPlace): OrderToPlace;
  /** Where orders that were placed as usual can no longer be changed or cancelled: how they are placed to be. */
  readonly whileOpen?: { readonly settings: Record<string, unknown> };
  /** Fields of lines that cannot be compared. Say why beside it. */
  readonly ignore?: readonly ('product' | 'quantity' | 'unitPrice' | 'soldTo')[];
}

export interface Stage {
  /** A new one for every simulator. */
  readonly dialect: () => Dialect;
  /** All of the connector's if absent; an entity set to `false` is not tested. Say why beside it. */
  readonly entities?: { readonly [E in WorldEntity]?: EntityStage | false };
  /** Orders are tested when the connector takes them; `false` leaves them out. */
  readonly orders?: OrderStage | boolean;
  /** Ids as the system makes them (test/simulator/ids.ts). */
  readonly world?: Pick<WorldOptions, 'newId'>;
  /** Changes the connection's settings; `pageSize` is what the simulator gives at most. A setting named `pageSize` is set without this. */
  settings?(settings: Record<string, unknown>, pageSize: number): Record<string, unknown>;
  /** Settings that log in wrongly. If absent, a character is added to every setting that looks like a secret. */
  wrongLogin?(settings: Record<string, unknown>): Record<string, unknown>;
  /** How the system says that a login lacks a right; a plain 403 if absent. */
  readonly denied?: SimAnswer;
  /** Accounts of a world, with what belongs to them; 14 if absent. More where the system shows few of them. */
  readonly accounts?: number;
}

export interface CheckContext {
  readonly connector: AnyConnector;
  readonly stage: Stage;
  /** Which the check is about; the first of the connector for checks about orders. */
  readonly entity: WorldEntity;
}

export interface Check {
  /** A sentence about a good connector. */
  readonly name: string;
  readonly about: 'entity' | 'connector' | 'orders';
  /** Plays many scenes: `npm test` plays it for orders and the first entity of a connector's first description, `npm run test:contract` for the rest. */
  readonly isLong?: true;
  /** Where it says nothing about this connector. */
  applies?(context: CheckContext): boolean;
  /** What is wrong, a sentence each; [] when all is well. */
  run(context: CheckContext): Promise<readonly string[]>;
}
