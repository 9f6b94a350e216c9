/** Every real system, one line each. */
import type { Peer } from './peer.ts';
import { trytonPeer } from './tryton/start.ts';

export const peers: readonly Peer[] = [trytonPeer];
