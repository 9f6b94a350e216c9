/** What a simulated Odoo keeps beside the world: its version, small tables, and external ids. */
import type { World } from '../../world.ts';
import { ApiKeys, type KeyOptions } from './keys.ts';

export type Version = 14 | 16 | 17 | 19;
export type Values = Readonly<Record<string, unknown>>;

export interface ModelRow {
  /** As they are answered. */
  readonly values: Values;
  /** Milliseconds and all: what `write_date` is compared by. */
  readonly stamp: Date;
  /** What domains reach through a dot. */
  readonly related?: Values;
}

export interface Model {
  /** Field -> type; those of this version. */
  readonly fields: ReadonlyMap<string, string>;
  rows(world: World, store: Store): ModelRow[];
}

export interface OdooOptions extends KeyOptions {
  /** Ids of items of price lists that are a formula now. */
  readonly formulas?: ReadonlySet<string>;
  /** Models the user may not read. */
  readonly forbidden?: readonly string[];
  /** Modules that are not installed: their models do not exist. */
  readonly without?: readonly string[];
}

/** Names that get ids as they are met. */
export class Names {
  readonly #ids = new Map<string, number>();

  idOf(name: string): number {
    const id = this.#ids.get(name) ?? this.#ids.size + 1;
    this.#ids.set(name, id);
    return id;
  }

  /** As a many2one is answered. */
  refer(name: string | null, shown: (name: string) => string = (one) => one): [number, string] | false {
    return name === null ? false : [this.idOf(name), shown(name)];
  }

  all(): Array<[name: string, id: number]> {
    return [...this.#ids];
  }
}

export const DEFAULT_LIST = 'Public Pricelist';
export const COMPANY = { id: 1, name: 'Hafen Handels GmbH', currency_id: [1, 'EUR'] } as const;
const CURRENCIES = ['EUR', 'CHF', 'USD'];

export class Store {
  readonly version: Version;
  readonly options: OdooOptions;
  readonly priceLists = new Names();
  readonly terms = new Names();
  readonly countries = new Names();
  readonly states = new Names();
  readonly sites = new Names();
  readonly units = new Names();
  /** "module.name" of ir.model.data -> id of the order. Lines are kept with their order: "module.name" -> id of the order. */
  readonly externalIds = new Map<string, string>();
  /** Id of the order -> external id of each line, in the order of the lines. */
  readonly lineIds = new Map<string, Array<string | null>>();
  readonly keys: ApiKeys;

  constructor(version: Version, options: OdooOptions) {
    this.version = version;
    this.options = options;
    this.keys = new ApiKeys(options);
    this.priceLists.idOf(DEFAULT_LIST);
  }

  currency(code: string): [number, string] {
    return [CURRENCIES.indexOf(code) + 1, code];
  }

  /** Price lists show their currency behind their name (product.pricelist, _compute_display_name). */
  priceList(name: string): [number, string] {
    return [this.priceLists.idOf(name), `${name} (EUR)`];
  }
}

/** Whole seconds, UTC. */
export function stampText(at: Date): string {
  return at.toISOString().slice(0, 19).replace('T', ' ');
}
