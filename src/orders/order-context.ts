/** What the flows of orders need from outside; built once by the composition root. */
import type { Settings } from '../config/settings.ts';
import type { AnyConnector } from '../connector/contract.ts';
import type { Border } from '../connector/http/border.ts';
import type { Database } from '../store/database.ts';

export interface OrderContext {
  readonly db: Database;
  readonly settings: Settings;
  now(): Date;
}

/** For flows that speak to an ERP. */
export interface HandoffContext extends OrderContext {
  readonly border: Border;
  readonly connectors: readonly AnyConnector[];
  /** Names this process in leases and attempts. */
  readonly holder: string;
  readonly signal: AbortSignal;
  /** How long a claim on a hand-off lasts without being renewed; a minute if not given. */
  readonly claimTtlMs?: number;
}
