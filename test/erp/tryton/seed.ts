/** Parties in bulk, through Tryton's own API: many with one call, as an import would. By the administrator: credit limits are not everybody's to set. */
import type { Json } from '../../../src/connector/contract.ts';
import { realTryton, type Scene } from './scene.ts';

export interface Seeded {
  /** By code. */
  readonly ids: ReadonlyMap<string, number>;
  /** Code -> code of the party above. */
  readonly parents: ReadonlyMap<string, string>;
}

const BATCH = 250;
const NAMES = ['Müller & Söhne GmbH', 'Łódź Narzędzia', 'O\'Neill "Marine" Ltd', '<b>Bold</b> & Co', '東京商事株式会社', 'Zoë 🚢 Shipping'];

export function codeOf(prefix: string, turn: number): string {
  return `${prefix}-${String(turn).padStart(5, '0')}`;
}

/** Every tenth is a head office; the nine behind it are its units, and every third of those has one of them above it. */
function parentTurnOf(turn: number): number | null {
  const place = turn % 10;
  if (place === 0) return null;
  return place % 3 === 0 ? turn - 1 : turn - place;
}

/** Codes are unique there, so every test has a prefix of its own. */
export async function seedParties(scene: Scene, prefix: string, count: number): Promise<Seeded> {
  const ids = new Map<string, number>();
  for (let from = 0; from < count; from += BATCH) {
    const turns = Array.from({ length: Math.min(BATCH, count - from) }, (_, place) => from + place);
    const created = (await scene.rpc('model.party.party.create', [turns.map((turn) => partyOf(prefix, turn))], {
      as: realTryton().admin,
    })) as number[];
    for (const [place, turn] of turns.entries()) ids.set(codeOf(prefix, turn), created[place] as number);
  }
  const parents = new Map<string, string>();
  const relations: Json[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const above = parentTurnOf(turn);
    if (above === null) continue;
    parents.set(codeOf(prefix, turn), codeOf(prefix, above));
    relations.push({ from_: ids.get(codeOf(prefix, turn)) ?? null, to: ids.get(codeOf(prefix, above)) ?? null, type: 1 });
  }
  for (let from = 0; from < relations.length; from += 1_000) {
    await scene.rpc('model.party.relation.all.create', [relations.slice(from, from + 1_000)], { as: realTryton().admin });
  }
  return { ids, parents };
}

function partyOf(prefix: string, turn: number): Json {
  return {
    name: `${NAMES[turn % NAMES.length]} ${turn}`,
    code: codeOf(prefix, turn),
    active: turn % 25 !== 7,
    ...(turn % 4 === 0 ? { customer_payment_term: 1 } : {}),
    ...(turn % 5 === 0 ? { credit_limit_amount: { __class__: 'Decimal', decimal: `${turn}.50` } } : {}),
    addresses: [['create', [addressOf(turn, true, turn % 2 === 0), ...(turn % 2 === 0 ? [] : [addressOf(turn, false, true)])]]],
    contact_mechanisms: [
      [
        'create',
        [
          { type: 'email', value: `info${turn}@example.com` },
          ...(turn % 3 === 0 ? [{ type: 'email', value: `anna${turn}@example.com`, name: `Anna Weiß ${turn}` }] : []),
        ],
      ],
    ],
  };
}

function addressOf(turn: number, invoice: boolean, delivery: boolean): Json {
  return {
    street: `Hafenstraße ${turn}\nTor ${turn % 7}`,
    postal_code: String(10_000 + turn),
    city: 'Hamburg',
    country: 1,
    invoice,
    delivery,
  };
}
