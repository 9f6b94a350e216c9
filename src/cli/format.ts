/** Values as people read them. */
import type { Origin } from '../connector/contract.ts';
import { ENTITIES, type EntityName } from '../connector/entities.ts';
import { plain } from './terminal.ts';

/** `2026-11-21 20:42:03Z` */
export function formatInstant(at: Date | null | undefined): string {
  return at ? `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')}Z` : '';
}

export function formatDuration(from: Date | null, to: Date | null): string {
  if (!from) return '';
  const seconds = Math.max(0, ((to ?? new Date()).getTime() - from.getTime()) / 1000);
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.floor(seconds % 60)} s`;
}

const counts = new Intl.NumberFormat('en');

/** `12,345` */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** `1 order`, `12,345 orders`; `several` where the word, or a verb beside it, needs more than an s. */
export function countOf(count: number, one: string, several = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : several}`;
}

/** Minor units, exact at any size; with the currency's own decimals. */
export function formatMoney(minor: unknown, currency: unknown): string {
  if (minor === null || minor === undefined || minor === '') return '';
  const digits = BigInt(String(minor));
  if (typeof currency !== 'string' || !/^[A-Z]{3}$/.test(currency)) return `${digits} (minor units, currency unknown)`;
  const format = new Intl.NumberFormat(undefined, { style: 'currency', currency, currencyDisplay: 'code' });
  const decimals = format.resolvedOptions().maximumFractionDigits ?? 2;
  const sign = digits < 0n ? '-' : '';
  const text = (digits < 0n ? -digits : digits).toString().padStart(decimals + 1, '0');
  const decimal = decimals === 0 ? text : `${text.slice(0, -decimals)}.${text.slice(-decimals)}`;
  return format.format(`${sign}${decimal}` as unknown as number).replace(/\u00a0/g, ' ');
}

/** The most digits after the point that Intl writes. */
const WRITABLE_DECIMALS = 20;

/** Decimal text, exact at any size. */
export function formatDecimal(text: unknown, currency?: unknown): string {
  if (text === null || text === undefined || text === '') return '';
  const isMoney = typeof currency === 'string' && /^[A-Z]{3}$/.test(currency);
  const style = isMoney ? ({ style: 'currency', currency, currencyDisplay: 'code' } as const) : {};
  const usual = isMoney ? (new Intl.NumberFormat(undefined, style).resolvedOptions().maximumFractionDigits ?? 2) : 0;
  const decimals = Math.max(usual, String(text).split('.')[1]?.length ?? 0);
  if (decimals > WRITABLE_DECIMALS) return isMoney ? `${currency} ${text}` : String(text);
  const format = new Intl.NumberFormat(undefined, { ...style, maximumFractionDigits: decimals });
  return format.format(String(text) as unknown as number).replace(/\u00a0/g, ' ');
}

/** `EUR 12.50 per 100 PCE` */
export function formatPrice({ unitPrice, currency, perQuantity, unit }: Readonly<Record<string, unknown>>): string {
  const quantity = [String(perQuantity ?? '1') === '1' ? '' : formatDecimal(perQuantity), plain(unit)].filter(Boolean).join(' ');
  return `${formatDecimal(unitPrice, currency)}${quantity && ` per ${quantity}`}`;
}

/** `from 2026-01-01 before 2027-01-01` */
export function formatValidity({ validFrom, validTo }: Readonly<Record<string, unknown>>): string {
  return [validFrom && `from ${validFrom}`, validTo && `before ${validTo}`].filter(Boolean).join(' ');
}

/** A field's value by its type, in one line. */
export function formatField(entity: EntityName, field: string, value: unknown, currency?: unknown): string {
  if (value === null || value === undefined) return '';
  const type = ENTITIES[entity].fields[field]?.type;
  if (type === 'money') return formatMoney(value, currency);
  if (type === 'decimal') return formatDecimal(value);
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([name, one]) => `${plain(name)}: ${plain(one)}`)
      .join(', ');
  }
  return type === 'boolean' ? (value ? 'yes' : 'no') : plain(value);
}

/** `customers.xlsx, sheet "Accounts", row 12` */
export function formatOrigin({ file, sheet, row, at }: Origin): string {
  const parts = [file && plain(file), sheet && `sheet "${plain(sheet)}"`, row !== undefined && `row ${row}`, at && plain(at)];
  return parts.filter(Boolean).join(', ') || 'somewhere';
}
