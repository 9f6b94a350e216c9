/** The stages of all rules that ask for approval, as one sequence that does not depend on the order the rules are written in. */
import { combineClocks, type StepClock } from './clock-schema.ts';
import type { Rule } from './schema.ts';
import { inOneOrder, type Selector } from './selector-schema.ts';
import { type Stage, sayStage } from './stage-schema.ts';

/** Who asked for it. */
export interface StageCause {
  readonly accountId: string;
  readonly version: number;
  /** The name of a rule, `buy limit`, or `budget` and its code. */
  readonly rule: string;
}

export interface PlannedStage {
  readonly name: string;
  readonly mode: Stage['mode'];
  readonly n: number | null;
  readonly approvers: readonly Selector[];
  readonly causes: readonly StageCause[];
  /** `null`: nothing happens by the clock, unless kontor.yaml has a clock for all. */
  readonly clock: StepClock | null;
}

export interface StageDemand {
  readonly cause: StageCause;
  /** How far the policy is below the company. */
  readonly depth: number;
  readonly priority: number;
  readonly stages: Rule['stages'];
}

interface Placed {
  readonly position: number;
  readonly key: string;
  readonly demand: StageDemand;
  readonly stage: Stage;
}

/** First stages first. Beside each other: higher priority, then the company's before its units', then by their content. Equal ones are one. */
export function mergeStages(demands: readonly StageDemand[]): PlannedStage[] {
  const placed = demands
    .flatMap((demand) => demand.stages.map((stage, position): Placed => ({ position, key: contentOf(stage), demand, stage })))
    .sort(inSequence);
  const groups = new Map<string, Placed[]>();
  for (const one of placed) {
    const group = `${one.position} ${one.key}`;
    groups.set(group, [...(groups.get(group) ?? []), one]);
  }
  return [...groups.values()].map(planOf);
}

function inSequence(a: Placed, b: Placed): number {
  return (
    a.position - b.position ||
    b.demand.priority - a.demand.priority ||
    a.demand.depth - b.demand.depth ||
    compare(a.key, b.key) ||
    compare(causeText(a.demand.cause), causeText(b.demand.cause))
  );
}

function planOf(group: readonly Placed[]): PlannedStage {
  const [first] = group as [Placed, ...Placed[]];
  const names = [...new Set(group.flatMap(({ stage }) => stage.name ?? []))].sort();
  const causes = group.map(({ demand }) => demand.cause).sort((a, b) => compare(causeText(a), causeText(b)));
  return {
    name: names.join(' / ') || sayStage(first.stage),
    mode: first.stage.mode,
    n: first.stage.n ?? null,
    approvers: inOneOrder(first.stage.approvers),
    causes,
    clock: combineClocks(group.map(({ stage }) => stage)),
  };
}

function contentOf({ mode, n, approvers }: Stage): string {
  return JSON.stringify([mode, n ?? null, inOneOrder(approvers)]);
}

function causeText({ accountId, version, rule }: StageCause): string {
  return JSON.stringify([accountId, version, rule]);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
