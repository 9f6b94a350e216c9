/** Puts to a real system the questions that can be asked without writing, and one order if it is told to, and answers what was observed. */
import type { ConnectionSettings, EntitySettings } from '../config/settings.ts';
import type { AnyConnector, SystemInfo } from '../connector/contract.ts';
import { bindMapping, compileMapping, overlayMapping } from '../connector/mapping/index.ts';
import type { AnySession } from '../connector/open-session.ts';
import type { OrderToPlace } from '../connector/orders.ts';
import { lagOf } from '../connector/watermark.ts';
import { KontorError } from '../errors.ts';
import type { Certificate, ClockSkew, CommitLag, EntityCertificate } from './certificate.ts';
import { certifyEntity } from './certify-entity.ts';
import { certifyOrder, type OrderWatch } from './certify-order.ts';
import { observe } from './observe.ts';
import { endOf, type Reading } from './read-pages.ts';
import { watchLag } from './watch-lag.ts';

export interface CertifyRequest {
  readonly connection: ConnectionSettings;
  readonly connector: AnyConnector;
  /** What it sends as a write is refused before it is sent. */
  readonly session: AnySession;
  /** Records of each entity. */
  readonly limit: number;
  /** How long to watch for late rows, and how often to look; 0 does not. */
  readonly watch: { readonly forMs: number; readonly everyMs: number; wait(ms: number): Promise<void> };
  /** Made there, looked for, and cancelled. The only thing that is ever written. */
  readonly order?: { readonly toPlace: OrderToPlace; readonly watch: OrderWatch };
  /** Told as it goes on. */
  onStep?(step: string): void;
}

/** A clock that differs by more than this makes time-outs of tokens and dates of orders wrong. */
const MOST_SKEW_MS = 120_000;
/** The check of the connection is small; these many more calls narrow the clock down. */
const CLOCK_SAMPLES = 3;

/** Throws what `check` throws: without access there is nothing to certify. An entity that cannot be read is a finding. */
export async function certify(request: CertifyRequest): Promise<Certificate> {
  const { connection, connector, onStep } = request;
  const observed = observe(request.session);
  const at = request.session.now().toISOString();
  onStep?.('log-in and permissions');
  const info = await connector.check(observed.session);
  for (let sample = 0; observed.skew() !== null && sample < CLOCK_SAMPLES; sample += 1) await connector.check(observed.session);

  const read: EntityCertificate[] = [];
  for (const configured of connection.entities) {
    onStep?.(configured.entity);
    read.push(await certifyOne(request, observed.session, configured));
  }
  const skew = observed.skew();
  if (request.watch.forMs > 0) onStep?.('commit lag');
  const entities = request.watch.forMs > 0 ? await watchAll(request, observed.session, read, skew) : read;
  if (request.order) onStep?.('an order');
  // By the session that may write.
  const order = request.order ? await certifyOrder(connector.orders, request.session, request.order.toPlace, request.order.watch) : null;
  const findings = [
    ...permissionFindings(info),
    ...clockFindings(skew),
    ...entities.flatMap(entityFindings),
    ...(order?.findings ?? []).map((finding) => `orders: ${finding}`),
  ];
  const { granted, missing } = permissionsOf(info);
  return {
    connection: connection.name,
    connector: connector.name,
    at,
    system: info.summary,
    warnings: info.warnings,
    permissions: { granted, missing },
    clock: skew,
    entities,
    order,
    findings,
  };
}

const NOTHING_READ = { records: 0, pages: 0, isLimited: false, bad: 0, reasons: [], pageMs: { median: 0, p95: 0 } };

async function certifyOne(request: CertifyRequest, session: AnySession, configured: EntitySettings): Promise<EntityCertificate> {
  const { entity } = configured;
  const source = request.connector.sources[entity];
  const watermark = source?.watermark;
  const commitLag: CommitLag | null = watermark ? { coveredMs: lagOf(watermark), measuredMs: null, rows: 0, watchedMs: 0 } : null;
  try {
    return { entity, commitLag, ...(await certifyEntity(readingOf(request, session, configured), request.limit)) };
  } catch (error) {
    if (!(error instanceof KontorError) || session.signal.aborted) throw error;
    return { entity, commitLag, ...NOTHING_READ, findings: [`it cannot be read: ${error.code} ${error.message}`] };
  }
}

function readingOf({ connection, connector }: CertifyRequest, session: AnySession, { entity, mapping, read }: EntitySettings): Reading {
  const source = connector.sources[entity];
  if (!source) throw new TypeError(`connector ${connector.name} has no ${entity}, which its configuration should have told`);
  const mapper = bindMapping<unknown>(compileMapping(entity, overlayMapping(source.mapping, mapping), connection.formats), source);
  return { source, mapper, session, options: read };
}

/** All entities at one time, so that watching takes as long as it was asked for. */
function watchAll(
  request: CertifyRequest,
  session: AnySession,
  entities: readonly EntityCertificate[],
  skew: ClockSkew | null,
): Promise<EntityCertificate[]> {
  const watched = entities.map(async (certificate) => {
    const { entity, commitLag, findings } = certificate;
    const configured = request.connection.entities.find((one) => one.entity === entity);
    if (!commitLag || !configured || findings.length > 0) return certificate;
    const reading = readingOf(request, session, configured);
    const start = await endOf(reading, null);
    const measured = await watchLag(reading, commitLag.coveredMs, start, { ...request.watch, skewMs: skew?.leastMs ?? 0 });
    return { ...certificate, commitLag: measured, findings: lagFindings(measured) };
  });
  return Promise.all(watched);
}

function lagFindings({ coveredMs, measuredMs }: CommitLag): string[] {
  if (measuredMs === null || measuredMs <= coveredMs) return [];
  const [late, covered] = [measuredMs, coveredMs].map((ms) => `${Math.round(ms / 1000)} s`);
  return [
    `a row became visible ${late} after its stamp, and deltas reach back ${covered} only: such rows are missed until the next full pull`,
  ];
}

function permissionsOf({ permissions = [] }: SystemInfo): { granted: string[]; missing: string[] } {
  const names = (wanted: boolean) => permissions.filter(({ granted }) => granted === wanted).map(({ name }) => name);
  return { granted: names(true), missing: names(false) };
}

function permissionFindings(info: SystemInfo): string[] {
  return permissionsOf(info).missing.map((name) => `the login lacks the permission ${name}; grant it there`);
}

/** Only what is certain: the nearer end of the span. */
function clockFindings(skew: ClockSkew | null): string[] {
  if (skew === null) return [];
  const certain = skew.leastMs > 0 ? skew.leastMs : Math.min(0, skew.mostMs);
  if (Math.abs(certain) <= MOST_SKEW_MS) return [];
  const seconds = Math.round(Math.abs(certain) / 1000);
  return [`the system's clock is ${seconds} s ${certain > 0 ? 'ahead of' : 'behind'} ours; set one of them right`];
}

function entityFindings({ entity, findings }: EntityCertificate): string[] {
  return findings.map((finding) => `${entity}: ${finding}`);
}
