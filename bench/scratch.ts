/** A folder that is gone afterwards, with all that a database in it wrote. */
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

export async function scratchFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'kontor-bench-'));
  // As root the server runs as another user; one who cannot enter would have its data put elsewhere, and stay behind.
  await chmod(folder, 0o755);
  return folder;
}
