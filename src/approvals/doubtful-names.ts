/** Names in rules that fit nobody now, and superiors in a circle: rules may come before people, so they are told, not refused. */
import type { Directory } from '../domain/policy/approvers/directory.ts';
import { peopleIn } from '../domain/policy/approvers/directory.ts';
import { fold } from '../domain/policy/facts.ts';
import type { PolicyDocument } from '../domain/policy/schema.ts';
import { findCompany, loadDirectory, loadUnits } from '../store/approvals/directory.ts';
import type { Database } from '../store/database.ts';

export async function doubtfulNames(db: Database, accountId: string, document: PolicyDocument, now: Date): Promise<string[]> {
  const companyId = await findCompany(db, accountId);
  const units = await loadUnits(db, companyId);
  const directory = await loadDirectory(db, { companyId, units, now, withManagers: false });
  const { people, roles } = namesIn(document);
  return [
    ...people.flatMap((name) => doubtAbout(name, directory)),
    ...roles
      .filter((role) => peopleIn(directory, (person) => person.status === 'active' && person.roles.includes(fold(role))).length === 0)
      .map((role) => `nobody active in the company has the role "${role}"`),
    ...circlesOf(directory).map((names) => `superiors name each other in a circle: ${names}; correct the superior of one of them`),
  ];
}

/** Each told once, from the one with the least number on. A pull refuses those it sees; two sources may close one together. */
function circlesOf(directory: Directory): string[] {
  const { people } = directory;
  const settled = new Set<string>();
  const circles: string[] = [];
  for (const { id } of peopleIn(directory, () => true)) {
    const path: string[] = [];
    let at: string | null = id;
    for (; at !== null && people.has(at) && !settled.has(at) && !path.includes(at); at = people.get(at)?.superiorId ?? null) path.push(at);
    if (at !== null && path.includes(at)) {
      const circle = path.slice(path.indexOf(at));
      const least = circle.reduce((a, b) => (BigInt(b) < BigInt(a) ? b : a));
      const turned = [...circle.slice(circle.indexOf(least)), ...circle.slice(0, circle.indexOf(least)), least];
      circles.push(turned.map((one) => people.get(one)?.name ?? `id:${one}`).join(' -> '));
    }
    for (const one of path) settled.add(one);
  }
  return circles;
}

function doubtAbout(name: string, directory: Directory): string[] {
  const found = peopleIn(directory, ({ names }) => names.includes(fold(name)));
  if (found.length === 0) return [`no person of the company is called "${name}" by its external id; \`kontor accounts show\` lists them`];
  if (found.length > 1) return [`"${name}" fits ${found.length} people; write one as ${found.map(({ id }) => `id:${id}`).join(' or ')}`];
  return found[0]?.status === 'active' ? [] : [`"${name}" (${found[0]?.name}) is ${found[0]?.status}`];
}

function namesIn({ rules, limits, costCentreOwners }: PolicyDocument): { people: string[]; roles: string[] } {
  const stages = rules.flatMap((rule) => rule.stages);
  const rungs = stages.flatMap(({ ladder = [] }) => ladder.flatMap((rung) => (rung.kind === 'fallback' ? [rung.approvers] : [])));
  const selectors = [...stages.flatMap(({ approvers }) => approvers), ...rungs];
  const given = [limits.buy, limits.approve].filter((one) => one !== undefined);
  const people = [
    ...selectors.flatMap((selector) => (selector.kind === 'person' ? [selector.person] : [])),
    ...given.flatMap((one) => Object.keys(one.people)),
    ...Object.values(costCentreOwners),
  ];
  const roles = [
    ...selectors.flatMap((selector) => (selector.kind === 'role' ? [selector.role] : [])),
    ...given.flatMap((one) => Object.keys(one.roles)),
  ];
  return { people: [...new Set(people)].sort(), roles: [...new Set(roles)].sort() };
}
