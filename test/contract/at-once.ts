/** Runs cases side by side, a few at a time: most of their time is waiting. Findings come in the order of the cases. */
export async function atOnce<T>(cases: readonly T[], limit: number, run: (one: T) => Promise<readonly string[]>): Promise<string[]> {
  const findings: Array<readonly string[]> = cases.map(() => []);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let turn = next++; turn < cases.length; turn = next++) findings[turn] = await run(cases[turn] as T);
  };
  await Promise.all(Array.from({ length: Math.min(limit, cases.length) }, worker));
  return findings.flat();
}

/** What went wrong, as one sentence; for cases in which nothing may. */
export async function orSay(when: string, run: () => Promise<readonly string[]>): Promise<readonly string[]> {
  try {
    return await run();
  } catch (error) {
    return [`${when}: ${sayError(error)}`];
  }
}

export function sayError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? `${String(error.code)} ` : '';
  return `${error.name} ${code}${error.message}`.slice(0, 400);
}
