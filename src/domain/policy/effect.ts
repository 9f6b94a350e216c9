/** What rules, limits and budgets do to an order, from the mildest to the strictest. */
export const EFFECTS = ['bypass', 'allow', 'warn', 'require', 'deny'] as const;
export type Effect = (typeof EFFECTS)[number];
