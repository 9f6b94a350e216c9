/** Who asks, and in which currency. */
import { passesWords, sayWords, wordCondition } from '../operators.ts';
import { defineTrigger } from './trigger.ts';

export const requesterRole = defineTrigger({
  about: 'roles of who ordered; `in` wants one of them, `notIn` none',
  schema: wordCondition,
  try: (condition, { requester: { roles } }) => ({
    holds: passesWords(roles, condition),
    found: roles.join(', ') || '(none)',
    wanted: sayWords(condition),
  }),
});

export const currency = defineTrigger({
  about: 'currency of the order',
  schema: wordCondition,
  try: (condition, facts) => ({ holds: passesWords([facts.currency], condition), found: facts.currency, wanted: sayWords(condition) }),
});
