/** Ids as systems make them, ascending with the turn: for `newId` of a world. Without one of these an id is its turn, as in a database sequence. */
import type { Kind } from './rows.ts';

/** Kinds have ids of their own range, so that an id of one is never one of another where all look alike. */
const RANGE: Readonly<Record<Kind, number>> = {
  account: 1,
  contact: 2,
  address: 3,
  product: 4,
  price: 5,
  stock: 6,
  order: 7,
  document: 8,
  documentLine: 9,
};
const PREFIXES: Readonly<Record<Kind, string>> = {
  account: '001',
  contact: '003',
  address: 'a01',
  product: '01t',
  price: '01u',
  stock: 'a02',
  order: '801',
  document: 'a03',
  documentLine: 'a04',
};

/** "a0000001-0000-4000-8000-00000000002a": Business Central, Dataverse. */
export function guid(kind: Kind, turn: number): string {
  return `a000000${RANGE[kind]}-0000-4000-8000-${turn.toString(16).padStart(12, '0')}`;
}

/** 17 hexadecimal digits: EspoCRM. */
export function hex17(kind: Kind, turn: number): string {
  return `6b0${RANGE[kind]}${turn.toString(16).padStart(13, '0')}`;
}

/** 18 characters with the prefix of the object and the suffix that tells the letters' case (none here: digits only): Salesforce. */
export function salesforceId(kind: Kind, turn: number): string {
  return `${PREFIXES[kind]}${String(turn).padStart(12, '0')}AAA`;
}

/** A number range that begins high and never loses a digit: SAP business partners and documents. */
export function sapNumber(kind: Kind, turn: number): string {
  return String(RANGE[kind] * 1_000_000 + turn);
}
