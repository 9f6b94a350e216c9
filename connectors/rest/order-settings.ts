/** What kontor.yaml says about the orders of a system that has no connector: how one is made, found, cancelled, and what an answer holds. */
import { z } from 'zod';

const at = z.string().min(1);
const path = z.string().min(1);

const call = z.strictObject({
  method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']).default('POST').describe('HTTP method.'),
  path: path.describe('Below url; {id} and {reference} are filled in.'),
  body: z
    .json()
    .optional()
    .describe('What is sent. A text that begins with $ is a field of the order ($soldTo); { $each: lines, item: $product } repeats.'),
});

/** Of a change of an order that is there. */
const change = call.extend({
  version: z
    .strictObject({
      path: path.describe('Where the order is read right before; {id} and {reference} are filled in.'),
      field: at
        .optional()
        .describe('Where the answer holds its version, which the body says as $version; without it its ETag goes as If-Match.'),
    })
    .optional()
    .describe('How it is seen that somebody else changed the order in the meantime.'),
});

const lookup = z.strictObject({
  path: path.describe('Below url; {reference} is filled in, encoded, or {references} (or {ids}): several joined by commas.'),
  orders: at.optional().describe('Where the list of orders stands in the answer; the answer itself if not given.'),
  foundIn: at.optional().describe('Name of this place, where orders are kept that have left the open ones.'),
});

export const ORDER_STATES = ['placed', 'accepted', 'shipped', 'invoiced', 'cancelled'] as const;

export const orderSettings = z.strictObject({
  create: call.extend({
    id: at.default('id').describe('Where the answer holds the id of the new order.'),
    number: at.optional().describe('Where it holds its number; the id if not given.'),
  }),
  find: z.array(lookup).min(1).describe('Every place an order may stand in: the open ones first.'),
  status: lookup.optional().describe('Orders by id, asked for with {ids} joined by commas. Without it each is found by its reference.'),
  fields: z
    .strictObject({
      id: at.default('id').describe('Its key.'),
      number: at.optional().describe('Its number; the id if not given.'),
      reference: at.describe('Our key.'),
      soldTo: at.optional().describe('Its customer.'),
      state: at.optional().describe("The system's word for its state."),
      currency: at.optional().describe('ISO 4217.'),
      lines: at.describe('The list of its lines.'),
      product: at.describe('In a line: the item number.'),
      quantity: at.describe('In a line: the quantity.'),
      unitPrice: at.optional().describe('In a line: the net price of one unit.'),
    })
    .describe('Where an order, as found, holds what we compare.'),
  states: z
    .record(z.string(), z.enum(ORDER_STATES))
    .default({})
    .describe('Their word for a state: ours. What is not listed is accepted; placed waits for `confirm`.'),
  confirm: call.optional().describe('A second call after creation, for orders whose state is placed.'),
  cancel: change.optional().describe('Takes an order back.'),
  revise: change
    .extend({ method: z.enum(['POST', 'PUT', 'PATCH']).default('PUT').describe('HTTP method.') })
    .optional()
    .describe('Brings an order to other content: one call with all its lines.'),
  lookupLagSeconds: z
    .number()
    .min(0)
    .max(3600)
    .default(10)
    .describe('How long after it was made an order may stay invisible to `find`: so long none is sent again.'),
});

export type OrderSettings = z.output<typeof orderSettings>;
export type OrderCall = z.output<typeof call>;
export type OrderChange = z.output<typeof change>;
