/** Where it goes, who pays, and whether that is new. */
import { z } from 'zod';
import { WHOSE } from '../facts.ts';
import { passesWords, sayWords, wordCondition, yesNoCondition } from '../operators.ts';
import { defineTrigger } from './trigger.ts';

export const costCentre = defineTrigger({
  about: 'cost centre of the order; an order without one is in no list',
  schema: wordCondition,
  try: (condition, { costCentre: code }) => ({
    holds: passesWords(code === null ? [] : [code], condition),
    found: code ?? '(none)',
    wanted: sayWords(condition),
  }),
});

export const shipTo = defineTrigger({
  about: "ship-to address, by the other system's id or by `id:17`; an order without one is in no list",
  schema: wordCondition,
  try: (condition, { shipTo: names }) => ({
    holds: passesWords(names ?? [], condition),
    found: names?.join(' = ') ?? '(none)',
    wanted: sayWords(condition),
  }),
});

export const newShipTo = defineTrigger({
  about: 'whether nothing was ever released to this ship-to address',
  schema: yesNoCondition,
  asksHistory: true,
  try: ({ eq }, { isNewShipTo }) => ({
    holds: isNewShipTo === eq,
    found: isNewShipTo ? 'new' : 'used before',
    wanted: eq ? 'new' : 'used before',
  }),
});

export const firstOrder = defineTrigger({
  about: 'whether nothing was released before, `whose` first order it is',
  schema: z.strictObject({ eq: z.boolean(), whose: z.enum(WHOSE) }),
  asksHistory: true,
  try({ eq, whose }, { isFirstOrder }) {
    const say = (isFirst: boolean) => `${isFirst ? 'the first' : 'not the first'} of the ${whose}`;
    return { holds: isFirstOrder[whose] === eq, found: say(isFirstOrder[whose]), wanted: say(eq) };
  },
});
