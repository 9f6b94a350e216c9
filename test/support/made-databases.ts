/** What a test file made and must end. Apart from database.ts: most files make no database and need not load its library. */
type End = (passed: boolean) => Promise<void>;

const ends: End[] = [];

export function atEnd(end: End): void {
  ends.push(end);
}

/** What drop-databases.ts calls when a test file has ended; the last one made goes first. */
export async function endTestDatabases(passed: boolean): Promise<void> {
  for (const end of ends.splice(0).toReversed()) await end(passed);
}
