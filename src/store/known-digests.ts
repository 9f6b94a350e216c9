/** Digests of what a source holds, as compact as they can be handed to a reader. */
import type { Client } from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Database } from './database.ts';

/** 8 bytes each on their way and 12 in the reader's table, which bounds its memory. */
const KNOWN_AT_MOST = 3_000_000;

/** COPY in binary: a head of 19 bytes; a row is its number of columns (2 bytes), the length of what is told of the digest (4) and that (8). */
const HEAD_BYTES = 19;
const BEFORE_DIGEST = 6;
const ROW_BYTES = 14;
const BLOCK_PAIRS = 65_536;

/**
 * The first and the second 32 bits of the content digest of every record, pair after pair, in blocks. `null`: there are more
 * than `atMost`.
 */
export async function loadKnownDigests(db: Database, sourceId: number, atMost = KNOWN_AT_MOST): Promise<Uint32Array<ArrayBuffer>[] | null> {
  const blocks: Uint32Array<ArrayBuffer>[] = [];
  let count = 0;
  const keep = (row: Buffer, at: number) => {
    const place = 2 * (count++ % BLOCK_PAIRS);
    if (place === 0) blocks.push(new Uint32Array(2 * BLOCK_PAIRS));
    blocks.at(-1)?.set([row.readUInt32BE(at + BEFORE_DIGEST), row.readUInt32BE(at + BEFORE_DIGEST + 4)], place);
  };
  await db.transaction(async (trx) => {
    const client: Client = await trx.client.acquireConnection();
    // Every byte of the answer waits for the garbage collector.
    const select = `select substring(uuid_send(content_digest) from 1 for 8) from source_records where source_id = ${Number(sourceId)} limit ${atMost + 1}`;
    const copied: AsyncIterable<Buffer> = client.query(copyTo(`copy (${select}) to stdout with (format binary)`));
    await eachRow(copied, keep);
  });
  if (count > atMost) return null;
  return blocks.map((block, index) => (index < blocks.length - 1 ? block : block.slice(0, 2 * (count - index * BLOCK_PAIRS))));
}

/** Rows lie across the borders of chunks; one of them is pieced together at a time. */
async function eachRow(chunks: AsyncIterable<Buffer>, act: (bytes: Buffer, at: number) => void): Promise<void> {
  const torn = Buffer.alloc(ROW_BYTES);
  let filled = 0;
  let skip = HEAD_BYTES;
  for await (const chunk of chunks) {
    let at = Math.min(skip, chunk.length);
    skip -= at;
    if (filled > 0) {
      const added = chunk.copy(torn, filled, at, at + ROW_BYTES - filled);
      filled = (filled + added) % ROW_BYTES;
      at += added;
      if (filled === 0) act(torn, 0);
    }
    for (; at + ROW_BYTES <= chunk.length; at += ROW_BYTES) act(chunk, at);
    filled += chunk.copy(torn, filled, at);
  }
}
