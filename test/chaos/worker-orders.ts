/** What the harness and its workers tell each other. */
import type { QueueAccess } from '../../src/queue/backend.ts';
import type { ErpKind } from './scenario.ts';

export interface WorkerStart {
  readonly name: string;
  readonly databaseUrl: string;
  readonly queue: QueueAccess;
}

/** One seed's ERP, as a worker sees it. */
export interface Lane {
  readonly connection: string;
  readonly erp: ErpKind;
  readonly settings: Record<string, unknown>;
  readonly lagMs: number;
  /** Of this worker's clock, in pushes to this ERP. */
  readonly skewMs: number;
}

export interface Trap {
  readonly id: string;
  readonly handoffId: string;
  readonly await: number | string;
  readonly when: 'before' | 'during';
  readonly act: 'kill' | 'stop';
  readonly delayMs: number;
}

/** Everything a worker is to know; told anew whenever it changes. */
export interface Orders {
  readonly leaseMs: number;
  readonly lanes: readonly Lane[];
  readonly traps: readonly Trap[];
}

/** Written synchronously: whoever writes may be dead a moment later. */
export type Told =
  | { readonly kind: 'ready' }
  | { readonly kind: 'sprung'; readonly trap: string; readonly act: Trap['act']; readonly at: string }
  /** Pushes under way, by connection. */
  | { readonly kind: 'busy'; readonly connections: Record<string, number> }
  | { readonly kind: 'walked'; readonly handoffId: string; readonly names: readonly string[]; readonly ms: number }
  /** The relay looked for whatever is due. */
  | { readonly kind: 'relayed' }
  | { readonly kind: 'defect'; readonly message: string };
