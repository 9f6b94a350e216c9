/** Messages between the flow and its reader thread. */
import type { ErrorCode } from '../errors.ts';
import type { KnownPrefixes } from './known-set.ts';
import type { PreparedPage } from './page-stager.ts';

export type FromReader =
  | { kind: 'prepared'; page: number; prepared: PreparedPage }
  | { kind: 'rendered'; page: number; drafts: Uint8Array<ArrayBuffer>; bad: Uint8Array<ArrayBuffer>; badCount: number }
  | { kind: 'asks-known' }
  | { kind: 'end' }
  | { kind: 'failed'; error: { class: string; code: ErrorCode; message: string; stack: string } };

export type ToReader =
  | { kind: 'render'; page: number; differing: readonly number[] }
  | { kind: 'known'; prefixes: KnownPrefixes | null }
  | { kind: 'used'; memory: ArrayBuffer }
  | { kind: 'stop' };
