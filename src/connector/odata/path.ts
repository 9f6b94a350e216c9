/** Addresses of OData requests. */
import type { ODataVersion } from './literals.ts';

export interface ODataQuery {
  readonly filter?: string | undefined;
  readonly select?: readonly string[] | undefined;
  readonly expand?: readonly string[] | undefined;
  readonly orderBy?: readonly string[] | undefined;
  readonly top?: number | undefined;
  /** Asks for the number of all rows. */
  readonly count?: boolean | undefined;
  /** Further options as they are: `sap-client`. */
  readonly also?: Readonly<Record<string, string>> | undefined;
}

/**
 * Path and query. Blanks are %20: not every OData server reads "+" as a blank. The query belongs to the path so that `Http` sends
 * it as it is, and leaves it out of its messages.
 */
export function odataPath(version: ODataVersion, path: string, query: ODataQuery = {}): string {
  const { filter, select, expand, orderBy, top, count, also = {} } = query;
  const options: Array<[string, string | undefined]> = [
    ['$filter', filter],
    ['$select', listed(select)],
    ['$expand', listed(expand)],
    ['$orderby', listed(orderBy)],
    ['$top', top === undefined ? undefined : String(top)],
    count === true ? (version === 2 ? ['$inlinecount', 'allpages'] : ['$count', 'true']) : ['$count', undefined],
    ...Object.entries(also),
  ];
  const parts = options.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]));
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`;
}

/** `A_SalesOrder('4711')`, or with several keys `Set(A='x',B=2)`. Values are literals. */
export function entityPath(set: string, key: string | Readonly<Record<string, string>>): string {
  const inside =
    typeof key === 'string'
      ? encodeURIComponent(key)
      : Object.entries(key)
          .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
          .join(',');
  return `${set}(${inside})`;
}

function listed(names: readonly string[] | undefined): string | undefined {
  return names === undefined || names.length === 0 ? undefined : names.join(',');
}
