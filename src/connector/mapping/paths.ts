/** Paths into JSON records: `address.city`, `lines[0].text`. */
import type { AnySource } from '../contract.ts';

type Access = ReturnType<AnySource['access']>;

/** All JSON records have one shape: a key that is absent here may be present in the next record. */
const JSON_SHAPE = Symbol('json');

const STEP = /([^.[\]]+)|\[(\d+)\]/g;
const PATH = /^[^.[\]]+(?:\.[^.[\]]+|\[\d+\])*$/;

/** `access` of a source whose records are plain JSON. Own properties only, so `__proto__` and `constructor` lead nowhere. */
export function jsonAccess(raw: unknown): Access {
  return {
    shape: JSON_SHAPE,
    get names() {
      return typeof raw === 'object' && raw !== null ? Object.keys(raw) : [];
    },
    at: pathReader,
  };
}

/** A key that is spelled exactly like the path wins over the path. */
export function pathReader(path: string): (raw: unknown) => unknown {
  const steps = PATH.test(path) ? [...path.matchAll(STEP)].map(([, key, index]) => key ?? Number(index)) : [path];
  if (steps.length === 1) return (raw) => own(raw, path);
  return (raw) => {
    const exact = own(raw, path);
    return exact === undefined ? steps.reduce<unknown>(own, raw) : exact;
  };
}

function own(from: unknown, key: string | number): unknown {
  if (typeof from !== 'object' || from === null) return undefined;
  if (Array.isArray(from) !== (typeof key === 'number')) return undefined;
  return Object.hasOwn(from, key) ? (from as Record<string | number, unknown>)[key] : undefined;
}
