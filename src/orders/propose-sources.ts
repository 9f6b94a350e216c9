/** Which site each line of an order should leave from, by what is known now; kept with its reason (SEMANTICS 2.22). */
import type { Settings } from '../config/settings.ts';
import { minorOfDecimal } from '../domain/orders/money.ts';
import type { Site } from '../domain/orders/nearness.ts';
import { mainSites, proposeSites } from '../domain/orders/sourcing.ts';
import type { Database, Transaction } from '../store/database.ts';
import { loadRevision } from '../store/orders/orders.ts';
import { insertProposal, loadShipTo, loadStock } from '../store/orders/proposals.ts';

/** Answers line reference -> site. Lines that no site has any goods for are not in it; without sites in the settings none are. */
export async function proposeSources(
  db: Database | Transaction,
  settings: Settings,
  { orderId, n }: { orderId: string; n: number },
  now: Date,
): Promise<ReadonlyMap<string, string>> {
  const sites = sitesOf(settings);
  if (sites.length === 0) return new Map();
  const { content } = await loadRevision(db, orderId, n);
  const products = [...new Set(content.lines.map(({ product }) => product))];
  const proposal = proposeSites({
    shipTo: await loadShipTo(db, content),
    stock: await loadStock(db, { sites: sites.map(({ name }) => name), products }),
    sites,
    lines: content.lines,
    minSplitValue: minorOfDecimal(settings.orders.minSplitValue, content.currency),
  });
  await insertProposal(db, { orderId, revision: n, proposal, now });
  return mainSites(proposal);
}

function sitesOf({ orders }: Settings): Site[] {
  return Object.entries(orders.sites).map(([name, { country, postalCode, latitude, longitude, leadDays, cost }]) => ({
    name,
    country: country ?? null,
    postalCode: postalCode ?? null,
    latitude: latitude ?? null,
    longitude: longitude ?? null,
    leadDays,
    cost,
  }));
}
