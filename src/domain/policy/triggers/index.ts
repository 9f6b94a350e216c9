/**
 * Everything a rule may ask, by the name it has below `when`. A new one is a file of its family and a line here; where it needs
 * something nobody has loaded yet, `Facts` gets a field and src/approvals/load-facts.ts a statement.
 */
import { orderTotal, shippingCost } from './amounts.ts';
import { budgetAfter } from './budget.ts';
import { distinctItems, lineCount, quantity } from './counts.ts';
import { categories, items, suppliers } from './goods.ts';
import { costCentre, firstOrder, newShipTo, shipTo } from './places.ts';
import { currency, requesterRole } from './requester.ts';
import { periodSpend } from './spend.ts';

export const TRIGGERS = {
  orderTotal,
  shippingCost,
  periodSpend,
  budgetAfter,
  quantity,
  lineCount,
  distinctItems,
  items,
  categories,
  suppliers,
  costCentre,
  shipTo,
  newShipTo,
  firstOrder,
  requesterRole,
  currency,
} as const;

export type TriggerName = keyof typeof TRIGGERS;

export const TRIGGER_NAMES = Object.keys(TRIGGERS) as TriggerName[];
