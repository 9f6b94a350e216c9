/** The true time, shared by a world and by whoever is told `now`. */
export interface Clock {
  now(): Date;
  tick(ms?: number): void;
}

/** Stands still until ticked: many rows get the same stamp, as after a bulk import. */
export function frozenClock(startAt: Date | string = '2026-03-02T08:00:00.000Z'): Clock {
  let at = new Date(startAt).getTime();
  return {
    now: () => new Date(at),
    tick: (ms = 1) => {
      at += ms;
    },
  };
}

/** Runs as the machine's, plus what it was ticked. */
export function runningClock(): Clock {
  let ahead = 0;
  return {
    now: () => new Date(Date.now() + ahead),
    tick: (ms = 1) => {
      ahead += ms;
    },
  };
}
