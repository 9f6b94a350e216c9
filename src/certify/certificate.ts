/** What was observed of one connection. Plain data: printed, and written as JSON. */
import type { EntityName } from '../connector/entities.ts';

export interface Certificate {
  readonly connection: string;
  readonly connector: string;
  /** When it was begun. */
  readonly at: string;
  /** What answered, in the connector's words; `null` when nothing did. */
  readonly system: string | null;
  readonly warnings: readonly string[];
  /** Names; both empty where the system does not let one ask. */
  readonly permissions: { readonly granted: readonly string[]; readonly missing: readonly string[] };
  /** `null` where the system does not tell its time. */
  readonly clock: ClockSkew | null;
  readonly entities: readonly EntityCertificate[];
  /** `null`: no order was made. */
  readonly order: OrderCertificate | null;
  /** Sentences about what must be set right; [] is a pass. */
  readonly findings: readonly string[];
}

/** How far the system's clock is ahead of ours, in milliseconds (negative: behind): between these two. Its clock shows whole seconds. */
export interface ClockSkew {
  readonly leastMs: number;
  readonly mostMs: number;
  readonly samples: number;
}

export interface EntityCertificate {
  readonly entity: EntityName;
  readonly records: number;
  readonly pages: number;
  /** There is more than was read. */
  readonly isLimited: boolean;
  /** Records that would be quarantined. */
  readonly bad: number;
  /** The first few reasons. */
  readonly reasons: readonly string[];
  /** Time from asking for a page to having it. */
  readonly pageMs: { readonly median: number; readonly p95: number };
  /** `null` for sources that do not read by a stamp. */
  readonly commitLag: CommitLag | null;
  /** What is wrong with this entity. */
  readonly findings: readonly string[];
}

export interface CommitLag {
  /** How far back every delta reads: the declared commit lag, the stamp's grain, slack. */
  readonly coveredMs: number;
  /** How much later than its stamp a row appeared at least; `null`: not measured, or no row told. */
  readonly measuredMs: number | null;
  /** Rows that were new or changed while we watched. */
  readonly rows: number;
  readonly watchedMs: number;
}

/** Of one order that was made to be looked for. */
export interface OrderCertificate {
  readonly reference: string;
  /** The system's own. */
  readonly number: string | null;
  /** How long the connector, or its connection, reckons with. */
  readonly declaredMs: number;
  /** From the answer to its making to the first look that showed it; `null`: none did. */
  readonly visibleAfterMs: number | null;
  readonly looks: number;
  readonly cancelled: boolean;
  readonly findings: readonly string[];
  /** Why it stays there; `null` when it does not. */
  readonly left: string | null;
}
