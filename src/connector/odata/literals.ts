/** Values as OData writes them in filters and keys. Version 2 marks the type, version 4 writes most of them bare. */

export type ODataVersion = 2 | 4;

/**
 * What a property holds.
 * - date: a civil date; version 2 has no such type and writes midnight (Edm.DateTime)
 * - datetime: a civil date and time without zone (Edm.DateTime of version 2)
 * - instant: a moment in UTC (Edm.DateTimeOffset)
 * - time: of a day
 */
export type EdmType = 'string' | 'guid' | 'integer' | 'decimal' | 'boolean' | 'date' | 'datetime' | 'instant' | 'time';

/**
 * `value` is canonical text: "2026-11-10", "2026-11-10T08:09:00.5", an instant with Z, "08:09:00". A literal is still raw:
 * the address is made by `odataPath`, which escapes it.
 */
export function literal(version: ODataVersion, type: EdmType, value: string): string {
  if (type === 'string') return `'${value.replaceAll("'", "''")}'`;
  check(type, value);
  if (version === 4) return type === 'datetime' ? `${value}Z` : value;
  switch (type) {
    case 'guid':
      return `guid'${value}'`;
    case 'decimal':
      return `${value}M`;
    case 'date':
      return `datetime'${value}T00:00:00'`;
    case 'datetime':
      return `datetime'${value}'`;
    case 'instant':
      return `datetimeoffset'${value}'`;
    case 'time':
      return `time'${durationOf(value)}'`;
    default:
      return value;
  }
}

/** How a value of each type must look; a value that does not would change the meaning of the filter it is put into. */
const FORMS: Readonly<Record<Exclude<EdmType, 'string'>, RegExp>> = {
  guid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  integer: /^-?\d+$/,
  decimal: /^-?\d+(?:\.\d+)?$/,
  boolean: /^(?:true|false)$/,
  date: /^\d{4}-\d\d-\d\d$/,
  datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?$/,
  instant: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/,
  time: /^\d\d:\d\d:\d\d$/,
};

function check(type: Exclude<EdmType, 'string'>, value: string): void {
  if (!FORMS[type].test(value)) throw new RangeError(`not an OData ${type}: ${JSON.stringify(value.slice(0, 40))}`);
}

function durationOf(time: string): string {
  const [hours, minutes, seconds] = time.split(':');
  return `PT${hours}H${minutes}M${seconds}S`;
}
