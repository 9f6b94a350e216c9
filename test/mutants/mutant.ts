import type { AnyConnector } from '../../src/connector/contract.ts';
import type { Stage, WorldEntity } from '../connector-contract.ts';

/** A connector with one fault, and the checks that must find it, each. */
export interface Mutant {
  /** What it does wrong. */
  readonly name: string;
  readonly connector: AnyConnector;
  /** Names of the checks. */
  readonly caughtBy: string | readonly string[];
  /** The entity it is wrong about; account if absent. */
  readonly entity?: WorldEntity;
  /** A system that brings the fault to light, where the usual one does not. */
  readonly stage?: Partial<Stage>;
}
