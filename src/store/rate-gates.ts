/**
 * Gates in PostgreSQL: one row per credential, kept by the algebra of gate-state.ts.
 *
 * A change is one statement that succeeds when the row is what we think it is, and shows what it is when not; then it is
 * tried again on that. A gate that is not limited and does not fail changes nothing, and is looked at once a second.
 */
import { randomUUID } from 'node:crypto';
import { type GateState, OPEN_GATE } from '../connector/http/gate-state.ts';
import type { GateStore, Permit } from '../connector/http/gates.ts';
import type { Database } from './database.ts';

/** So late, at most, a worker hears what another one was told. */
const FRESH_MS = 1_000;
/** Nobody asks again for a permit sooner after hearing that none is free. */
const NONE_FREE_MS = 20;

interface Known {
  readonly state: GateState;
  readonly version: string;
  /** By this process. */
  readonly readAtMs: number;
}

interface Row {
  readonly changed: string | null;
  readonly version: string | null;
  readonly state: GateState | null;
  readonly at: number;
}

export interface GateClock {
  /** Epoch ms; the database's clock if absent. */
  now?(): number;
}

export function databaseGates(db: Database, clock: GateClock = {}): GateStore {
  return new DatabaseGates(db, clock);
}

class DatabaseGates implements GateStore {
  readonly #db: Database;
  readonly #clock: GateClock;
  readonly #known = new Map<string, Known>();
  readonly #reading = new Map<string, Promise<Known>>();
  readonly #lastChange = new Map<string, Promise<void>>();
  readonly #noneFreeUntilMs = new Map<string, number>();
  #aheadMs = 0;

  constructor(db: Database, clock: GateClock) {
    this.#db = db;
    this.#clock = clock;
  }

  now(): number {
    return this.#clock.now?.() ?? Date.now() + this.#aheadMs;
  }

  async read(credential: string): Promise<GateState> {
    return (await this.#fresh(credential)).state;
  }

  /** Changes of one credential go one by one within this process, so that they only ever collide with other workers'. */
  async change(credential: string, change: (state: GateState) => GateState): Promise<void> {
    const before = this.#lastChange.get(credential) ?? Promise.resolve();
    const mine = before.then(() => this.#change(credential, change));
    const settled = mine.catch(() => undefined);
    this.#lastChange.set(credential, settled);
    await mine;
  }

  async takePermit(credential: string, concurrency: number, holdMs: number): Promise<Permit | null> {
    if ((this.#noneFreeUntilMs.get(credential) ?? 0) > performance.now()) return null;
    const holder = randomUUID();
    // A seat that two workers see free is given to the first; the other gets no row and asks again.
    const { rows } = await this.#db.raw<{ rows: { seat: number }[] }>(
      `insert into rate_permits as p (credential, seat, holder, expires_at)
       select :credential, seat, :holder, clock_timestamp() + make_interval(secs => :holdS)
       from generate_series(1, :concurrency) seat
       where not exists (
         select from rate_permits taken
         where taken.credential = :credential and taken.seat = seat.seat and taken.expires_at > clock_timestamp())
       order by random() limit 1
       on conflict (credential, seat) do update set holder = excluded.holder, expires_at = excluded.expires_at
       where p.expires_at <= clock_timestamp()
       returning seat`,
      { credential, holder, concurrency, holdS: holdMs / 1_000 },
    );
    const seat = rows[0]?.seat;
    if (seat === undefined) {
      this.#noneFreeUntilMs.set(credential, performance.now() + NONE_FREE_MS);
      return null;
    }
    return {
      giveBack: async () => {
        await this.#db('rate_permits').where({ credential, seat, holder }).delete();
      },
    };
  }

  async #change(credential: string, change: (state: GateState) => GateState): Promise<void> {
    for (let known = await this.#fresh(credential); ; ) {
      const state = change(known.state);
      if (state === known.state) return;
      const found = await this.#write(credential, known.version, state);
      this.#known.set(credential, found.known);
      if (found.isChanged) return;
      known = found.known;
    }
  }

  async #fresh(credential: string): Promise<Known> {
    const known = this.#known.get(credential);
    if (known && performance.now() - known.readAtMs < FRESH_MS) return known;
    const reading = this.#reading.get(credential) ?? this.#read(credential).finally(() => this.#reading.delete(credential));
    this.#reading.set(credential, reading);
    return reading;
  }

  async #read(credential: string): Promise<Known> {
    const row = await this.#ask(
      `select null::bigint as changed, g.version, g.state, extract(epoch from clock_timestamp())::float8 * 1000 as at
       from (select) one left join rate_gates g on g.credential = :credential`,
      { credential },
    );
    const read = knownFrom(row);
    const known = this.#known.get(credential);
    // A change of ours may have overtaken this look.
    const newest = known && BigInt(known.version) > BigInt(read.version) && read.version !== '0' ? known : read;
    this.#known.set(credential, newest);
    return newest;
  }

  async #write(credential: string, version: string, state: GateState): Promise<{ known: Known; isChanged: boolean }> {
    const row = await this.#ask(
      `with changed as (
         insert into rate_gates as g (credential, version, state) values (:credential, 1, :state)
         on conflict (credential) do update set version = g.version + 1, state = excluded.state where g.version = :version
         returning version)
       select (select version from changed) as changed, g.version, g.state, extract(epoch from clock_timestamp())::float8 * 1000 as at
       from (select) one left join rate_gates g on g.credential = :credential`,
      { credential, version, state: JSON.stringify(state) },
    );
    if (row.changed === null) return { known: knownFrom(row), isChanged: false };
    return { known: { state, version: row.changed, readAtMs: performance.now() }, isChanged: true };
  }

  /** Every answer also tells the database's clock, by which all workers agree. */
  async #ask(sql: string, values: Record<string, string>): Promise<Row> {
    const askedAtMs = Date.now();
    const { rows } = await this.#db.raw<{ rows: [Row] }>(sql, values);
    this.#aheadMs = rows[0].at - (askedAtMs + Date.now()) / 2;
    return rows[0];
  }
}

function knownFrom({ version, state }: Row): Known {
  return { state: state ?? OPEN_GATE, version: version ?? '0', readAtMs: performance.now() };
}
