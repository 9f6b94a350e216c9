/** Ways to catch a function that is not pure. */

/** Whoever changes it now throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

/** Runs it 400 days later, with other chances. Synchronous: nothing else runs in between. */
export function elsewhen<T>(run: () => T): T {
  const { Date: TrueDate } = globalThis;
  const chance = Math.random;
  const shifted = TrueDate.now() + 400 * 86_400_000;
  globalThis.Date = new Proxy(TrueDate, {
    construct: (target, args: []) => (args.length === 0 ? new target(shifted) : new target(...args)),
    apply: () => new TrueDate(shifted).toString(),
    get: (target, name, receiver) => (name === 'now' ? () => shifted : Reflect.get(target, name, receiver)),
  });
  Math.random = () => 1 - chance();
  try {
    return run();
  } finally {
    globalThis.Date = TrueDate;
    Math.random = chance;
  }
}
