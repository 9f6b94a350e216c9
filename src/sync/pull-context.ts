/** What a pull needs from outside; built once by the composition root. */
import type { ConnectionSettings, EntitySettings, Settings } from '../config/settings.ts';
import type { AnyConnector } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import type { Border } from '../connector/http/border.ts';
import { NeedsOperatorError } from '../errors.ts';
import type { Database, Transaction } from '../store/database.ts';

export interface PullContext {
  readonly db: Database;
  /** Limits and tokens of HTTP connections, shared with the other workers. */
  readonly border: Border;
  readonly settings: Settings;
  readonly connectors: readonly AnyConnector[];
  /** Names this process in leases. */
  readonly holder: string;
  readonly signal: AbortSignal;
  now(): Date;
  /**
   * Called in the transaction of a batch with the steps of approval whose holders it may have touched, if there are any. A pull knows
   * nothing of approvals: the composition root ties them.
   */
  holdersChanged?(trx: Transaction, stepIds: readonly string[], now: Date): Promise<void>;
}

export interface PullTarget {
  readonly connection: ConnectionSettings;
  readonly entity: EntitySettings;
  readonly connector: AnyConnector;
}

/** The configured connection, entity and connector behind a run. Throws CONNECTION_UNKNOWN naming what there is. */
export function findTarget(context: Pick<PullContext, 'settings' | 'connectors'>, name: string, entityName: EntityName): PullTarget {
  const connection = context.settings.connections.get(name);
  if (!connection) {
    const known = [...context.settings.connections.keys()].join(', ') || 'none';
    throw new NeedsOperatorError('CONNECTION_UNKNOWN', `there is no connection "${name}" in kontor.yaml; configured are: ${known}`);
  }
  const entity = connection.entities.find((candidate) => candidate.entity === entityName);
  if (!entity) {
    const known = connection.entities.map((candidate) => candidate.entity).join(', ') || 'none';
    throw new NeedsOperatorError('CONNECTION_UNKNOWN', `connection "${name}" does not pull ${entityName}; it pulls: ${known}`);
  }
  const connector = context.connectors.find((candidate) => candidate.name === connection.connector);
  if (!connector) {
    const known = context.connectors.map((candidate) => candidate.name).join(', ');
    throw new NeedsOperatorError(
      'CONNECTION_UNKNOWN',
      `connection "${name}" uses connector "${connection.connector}", which does not exist; there are: ${known}`,
    );
  }
  return { connection, entity, connector };
}
