/** Messages between the flow and its reader thread. */
import type { ErrorCode } from '../errors.ts';
import type { KnownPrefixes } from './known-set.ts';
import type { PreparedPage, RenderedPage } from './open-page.ts';

export type FromReader =
  | { kind: 'prepared'; page: number; prepared: PreparedPage; rendered: RenderedPage | null }
  | ({ kind: 'rendered'; page: number } & RenderedPage)
  | { kind: 'asks-known' }
  | { kind: 'end' }
  | { kind: 'failed'; error: { class: string; code: ErrorCode; message: string; stack: string } };

export type ToReader =
  | { kind: 'render'; page: number; differing: readonly number[] }
  | { kind: 'known'; prefixes: KnownPrefixes | null }
  | { kind: 'used'; page: number; memory: ArrayBuffer[] }
  | { kind: 'stop' };
