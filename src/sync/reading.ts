/** What a reader needs to know, and what the flow gets from it, whether it reads here or on a thread of its own. */
import type { AnyConnector, AnySource, Cursor, MappingSpec, Page } from '../connector/contract.ts';
import type { EntityName } from '../connector/entities.ts';
import type { Border } from '../connector/http/border.ts';
import { bindMapping, compileMapping, type Formats, mappingDigest, overlayMapping } from '../connector/mapping/index.ts';
import { openSession } from '../connector/open-session.ts';
import { NeedsOperatorError } from '../errors.ts';
import { askAhead } from './ask-ahead.ts';
import { type KnownPrefixes, KnownSet } from './known-set.ts';
import type { PreparedPage, RenderedPage } from './open-page.ts';
import { PageStager, type StagedPage } from './page-stager.ts';

/** Pages of a system asked for while earlier ones are staged. */
const PAGES_AHEAD = 2;
/** Records of files that are staged together; pages of files are small, so that a record dies young. */
const FILE_PAGE = 2_000;

/** Plain data: it crosses to the thread. */
export interface ReadRequest {
  readonly connection: string;
  readonly connector: string;
  readonly settings: unknown;
  readonly baseFolder: string;
  readonly entity: EntityName;
  readonly read: unknown;
  readonly mapping: MappingSpec;
  readonly formats: Formats;
  readonly cursor: Cursor | null;
  readonly firstSeq: number;
}

/** Tells what the source holds, as `KnownSet` takes it; `null`: too much, or it cannot be relied on. */
export type AskKnown = () => Promise<KnownPrefixes | null>;

/** What readers are lent; a thread has no border. */
export interface Lent {
  readonly border: Border | null;
  readonly askKnown: AskKnown;
}

/** One page on its way to the stage. */
export interface ReadBatch {
  readonly prepared: PreparedPage;
  /** Of a page of which nothing is held, which need not be asked: all of its records. `render` is not called then. */
  readonly rendered: RenderedPage | null;
  /** Maps the records at these positions and renders them, with the page's bad records, for the stage. Called once. */
  render(differing: readonly number[]): Promise<RenderedPage>;
  /** Takes back what `render` gave; it must not be looked at any more. */
  giveBack?(page: RenderedPage): void;
}

/** Reads pages through a connector and prepares them for the stage. `border` is `null` on the reader thread, where nothing speaks HTTP. */
export async function* readBatches(
  connector: AnyConnector,
  request: ReadRequest,
  signal: AbortSignal,
  { border, askKnown }: Lent,
): AsyncGenerator<StagedPage & { stager: PageStager }> {
  const source = connector.sources[request.entity];
  if (!source) {
    throw new NeedsOperatorError(
      'CONNECTION_UNKNOWN',
      `connector ${connector.name} has no ${request.entity}; it has ${Object.keys(connector.sources).join(', ')}`,
    );
  }
  const stager = stagerFor(connector, request, connector.traits.offMainThread ? FILE_PAGE : 0);
  const { connection, baseFolder } = request;
  const config = connector.config.parse(request.settings);
  let set: KnownSet | undefined;
  const known = async () => {
    const prefixes = await askKnown();
    if (prefixes === null) return null;
    set = new KnownSet(prefixes);
    return prefixes.length === 0 ? null : set.contentsUnder(mappingDigestOf(connector, request));
  };
  const session = openSession(connector, { connection, config, baseFolder, signal, known, now: () => new Date() }, border);
  const pages: AsyncIterable<Page<unknown>> = source.read(session, source.options.parse(request.read ?? {}), request.cursor);
  // A thread reads ahead of the database by itself.
  for await (const page of connector.traits.offMainThread ? pages : askAhead(pages, PAGES_AHEAD)) {
    for (const staged of stager.add(page, (digest) => set?.lacks(digest) === true)) yield { ...staged, stager };
  }
  for (const staged of stager.end()) yield { ...staged, stager };
}

export function stagerFor(
  connector: AnyConnector,
  request: Pick<ReadRequest, 'entity' | 'mapping' | 'formats' | 'firstSeq'>,
  gather: number,
): PageStager {
  const source = connector.sources[request.entity];
  if (!source) throw new NeedsOperatorError('CONNECTION_UNKNOWN', `connector ${connector.name} has no ${request.entity}`);
  const spec = mappingOf(source, request);
  return new PageStager({
    entity: request.entity,
    source,
    mapper: bindMapping(compileMapping(request.entity, spec, request.formats), source),
    mappingDigest: mappingDigest(spec, request.formats),
    foldKeys: connector.traits.keys === 'fold',
    firstSeq: request.firstSeq,
    gather,
  });
}

function mappingOf(source: AnySource, { mapping }: Pick<ReadRequest, 'mapping'>): MappingSpec {
  return source.mapping ? overlayMapping(source.mapping, mapping) : mapping;
}

/** Differs whenever the same record would become another draft. */
export function mappingDigestOf(connector: AnyConnector, request: Pick<ReadRequest, 'entity' | 'mapping' | 'formats'>): string {
  const source = connector.sources[request.entity];
  return mappingDigest(source ? mappingOf(source, request) : request.mapping, request.formats);
}
