/** What the real S/4 models are filled with; the tests make the same world again to compare with. */
import { sapNumber } from '../../simulator/ids.ts';
import { World } from '../../simulator/world.ts';

export const PARTNERS = Number(process.env.ERP_PARTIES ?? 5_000);

export function sapWorld(): World {
  return new World({ newId: sapNumber }).seed({ accounts: PARTNERS, products: 1 });
}
