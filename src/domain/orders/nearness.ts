/** How near a site is to where goods go: by coordinates, else by the beginning of the postal code, else by the country. */
import { getDistance } from 'geolib';

export interface Place {
  /** ISO 3166-1 alpha-2. */
  readonly country: string | null;
  readonly postalCode: string | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
}

export interface Site extends Place {
  /** As stock names it. */
  readonly name: string;
  readonly leadDays: number;
  readonly cost: number;
}

export interface Nearness {
  readonly by: 'coordinates' | 'postal code' | 'country' | 'nothing';
  /** `null` unless by coordinates. */
  readonly distanceKm: number | null;
  /** Smaller is nearer; comparable with every other nearness to the same place. */
  readonly rank: readonly [basis: number, distance: number];
}

/** Longer than any postal code; a longer common beginning is nearer. */
const LONGEST = 20;

export function nearness(site: Place, to: Place | null): Nearness {
  if (!to) return { by: 'nothing', distanceKm: null, rank: [3, 0] };
  const [from, there] = [pointOf(site), pointOf(to)];
  if (from && there) {
    const metres = getDistance(from, there);
    return { by: 'coordinates', distanceKm: Math.round(metres / 100) / 10, rank: [0, metres] };
  }
  const isSameCountry = site.country !== null && to.country !== null && site.country.toUpperCase() === to.country.toUpperCase();
  if (!isSameCountry) return { by: 'nothing', distanceKm: null, rank: [3, 0] };
  const common = commonStart(site.postalCode, to.postalCode);
  if (common > 0) return { by: 'postal code', distanceKm: null, rank: [1, LONGEST - Math.min(common, LONGEST)] };
  return { by: 'country', distanceKm: null, rank: [2, 0] };
}

export interface Ranked {
  readonly site: Site;
  readonly nearness: Nearness;
}

/** By distance, then cost, then name: the same for everyone who asks (SEMANTICS 2.22). */
export function byNearness(sites: readonly Site[], to: Place | null): Ranked[] {
  return sites
    .map((site) => ({ site, nearness: nearness(site, to) }))
    .sort((a, b) => {
      const [x, y] = [a.nearness.rank, b.nearness.rank];
      return x[0] - y[0] || x[1] - y[1] || a.site.cost - b.site.cost || (a.site.name < b.site.name ? -1 : 1);
    });
}

function pointOf({ latitude, longitude }: Place): { latitude: number; longitude: number } | null {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

function commonStart(one: string | null, other: string | null): number {
  const [a, b] = [plain(one), plain(other)];
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return length;
}

/** "D-24 103" and "24103" are one: people write blanks, hyphens and the country before it. */
function plain(postalCode: string | null): string {
  return (postalCode ?? '')
    .toUpperCase()
    .replace(/^[A-Z]{1,2}-(?=\d)/, '')
    .replace(/[^A-Z0-9]/g, '');
}
