/** Makes SAP's own models, as they come in its npm packages, into models that CAP can run. Nothing of them is kept: it is done at test time. */

export interface Csn {
  readonly definitions: Record<string, Definition>;
}

interface Definition {
  kind: string;
  elements?: Record<string, Element>;
  [annotation: string]: unknown;
}

export interface Element {
  type: string;
  key?: boolean;
  target?: string;
  cardinality?: { max?: string | number };
  on?: unknown[];
  [annotation: string]: unknown;
}

/** Associations whose two sides call the same thing differently: element -> [their key, ours]. */
const OTHER_NAMES: Readonly<Record<string, readonly [string, string]>> = {
  to_BusinessPartnerContact: ['BusinessPartnerCompany', 'BusinessPartner'],
};

/**
 * What the packages leave out: the condition of each association (the keys both sides have), that a part belongs to its whole (a deep insert
 * writes it), and what the ETag of a sales order is.
 */
export function completeModel(csn: Csn, service: string): Csn {
  const { definitions } = csn;
  for (const [name, definition] of Object.entries(definitions)) {
    if (definition.kind === 'service') Object.assign(definition, { '@cds.external': true, '@path': service });
    if (definition.kind === 'entity') completeEntity(definition, definitions);
    if (name === 'API_SALES_ORDER_SRV.A_SalesOrder' && definition.elements?.LastChangeDateTime) {
      definition.elements.LastChangeDateTime['@odata.etag'] = true;
    }
  }
  return csn;
}

function completeEntity(definition: Definition, definitions: Record<string, Definition>): void {
  const elements = definition.elements ?? {};
  for (const [name, element] of Object.entries(elements)) {
    if (element.type !== 'cds.Association' || element.on !== undefined) continue;
    const target = definitions[element.target ?? '']?.elements ?? {};
    const pairs = OTHER_NAMES[name] ? [OTHER_NAMES[name]] : sharedKeys(elements, target, element).map((key) => [key, key] as const);
    if (pairs.length === 0) {
      delete elements[name];
      continue;
    }
    if (isMany(element)) element.type = 'cds.Composition';
    element.on = pairs.flatMap(([theirs, ours], place) => [...(place > 0 ? ['and'] : []), { ref: [name, theirs] }, '=', { ref: [ours] }]);
  }
}

/** The whole's keys stand in its parts; a reference to one thing holds that thing's keys. */
function sharedKeys(ours: Record<string, Element>, theirs: Record<string, Element>, element: Element): string[] {
  const inTheirs = keysOf(ours).filter((key) => theirs[key] && !theirs[key].target);
  const inOurs = keysOf(theirs).filter((key) => ours[key] && !ours[key].target);
  const [first, second] = isMany(element) ? [inTheirs, inOurs] : [inOurs, inTheirs];
  return first.length > 0 ? first : second;
}

function isMany({ cardinality }: Element): boolean {
  return cardinality?.max === '*';
}

export function keysOf(elements: Record<string, Element>): string[] {
  return Object.entries(elements)
    .filter(([, { key }]) => key === true)
    .map(([name]) => name);
}
