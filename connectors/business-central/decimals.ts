/** Decimals between texts and the JSON numbers Business Central speaks. */
import { plainDecimal } from '../../src/connector/decimals.ts';
import { NeedsOperatorError } from '../../src/errors.ts';

/** Throws ERP_REFUSED for what a JSON number cannot hold exactly. */
export function exactNumber(decimal: string, what: string): number {
  const value = Number(decimal);
  if (Number.isFinite(value) && plainDecimal(String(value)) === plainDecimal(decimal)) return value;
  throw new NeedsOperatorError('ERP_REFUSED', `${what} ${decimal} has more digits than Business Central's interface can carry; round it`);
}

/** "" for what is no number. */
export function textOf(value: unknown): string {
  return typeof value === 'number' && Number.isFinite(value) ? plainDecimal(String(value)) : '';
}
