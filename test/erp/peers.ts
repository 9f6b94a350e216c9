/** Every real system, one line each. */
import type { Peer } from './peer.ts';
import { sapPeer } from './sap/start.ts';
import { sqlPeer } from './sql/start.ts';
import { trytonPeer } from './tryton/start.ts';

export const peers: readonly Peer[] = [trytonPeer, sapPeer, sqlPeer];
