/** Defects that the harness must find: each changes the product's own text in the workers it is meant for. */

interface Patch {
  /** Below the folder of what was compiled. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const MUTANTS = {
  'creates without looking': [
    { file: 'src/connector/place-order.js', from: 'const found = await way.find();', to: 'const found = undefined;' },
  ],
  'takes an open outcome for a failure': [
    { file: 'src/orders/footprint.js', from: 'isLeftBy(error) {', to: 'isLeftBy(error) { return false;' },
    {
      file: 'src/orders/settlement.js',
      from: "if (code === 'ERP_OUTCOME_UNKNOWN' || code === 'ERP_ANSWER_UNUSABLE') {",
      to: "if (code === 'ERP_OUTCOME_UNKNOWN') return { ...base, state: 'pending', outcome: 'transient', notBefore: null };\n        {",
    },
  ],
  'lets two claim at once': [
    {
      file: 'src/store/orders/push-claims.js',
      from: "h.state in ('pending', 'unknown', 'held') and (h.not_before",
      to: "h.state in ('pending', 'unknown', 'held', 'sending') and (h.not_before",
    },
  ],
  'settles without its fence': [
    {
      file: 'src/store/orders/push-claims.js',
      from: 'and h.fence = g.fence and',
      to: 'and',
    },
  ],
  'sends after its lease': [
    {
      file: 'src/connector/http/transport.js',
      from: 'return notAfter !== undefined && performance.now() > notAfter();',
      to: 'return false;',
    },
    { file: 'src/orders/claim-lease.js', from: 'if (performance.now() > certainUntil - marginMs)', to: 'if (false)' },
    { file: 'src/orders/claim-lease.js', from: 'return lost.abort(claimLost(claim));', to: 'return;' },
  ],
  'looks before a lost order can be seen': [{ file: 'src/store/orders/relay-handoffs.js', from: '=> lookupLagMs / 1_000)', to: '=> -60)' }],
  'forgets the order of an account': [
    { file: 'src/store/orders/push-claims.js', from: "and e.state in ('pending', 'sending', 'unknown'))", to: 'and false)' },
    { file: 'src/store/orders/relay-handoffs.js', from: "and e.state in ('pending', 'sending', 'unknown'))", to: 'and false)' },
  ],
} as const satisfies Record<string, readonly Patch[]>;

export type MutantName = keyof typeof MUTANTS;

export function patchesOf(name: string): readonly Patch[] {
  if (!(name in MUTANTS)) throw new Error(`there is no mutant "${name}"; there are: ${Object.keys(MUTANTS).join(', ')}`);
  return MUTANTS[name as MutantName];
}
