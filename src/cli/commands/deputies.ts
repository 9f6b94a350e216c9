/** `kontor deputies`: who decides for somebody who is away, for a while. */
import { type Command, Option } from 'commander';
import { instantOf } from '../../domain/work-calendar/wall-clock.ts';
import { delegateApprovals } from '../../orders/delegate.ts';
import { findPerson } from '../../orders/people.ts';
import { revokeDeputy } from '../../orders/revoke-delegation.ts';
import { listAllDelegations } from '../../store/approvals/delegations.ts';
import { loadCalendarsOf } from '../../store/work-calendars/calendars-of.ts';
import type { App } from '../app.ts';
import { civilDay, rowId, withExamples } from '../arguments.ts';
import { drawDelegations } from '../draw-calendars.ts';
import { countOf, formatInstant } from '../format.ts';
import { ORDER_REFERENCE, requireOrder } from '../require-order.ts';
import { plain } from '../terminal.ts';
import { whoAmI } from '../who-am-i.ts';

const PERSON = 'external id, or id:NUMBER';

export function addDeputiesCommand(program: Command, app: App): void {
  const deputies = program.command('deputies').description('who decides for somebody who is away, for a while');
  addAdd(deputies, app);
  addList(deputies, app);
  addRevoke(deputies, app);
}

interface AddOptions {
  readonly from?: string;
  readonly until: string;
  readonly order?: string;
  readonly reason?: string | null;
}

function addAdd(deputies: Command, app: App): void {
  const command = deputies
    .command('add')
    .description('name a deputy; what waits already moves as soon as the time begins, and comes back when it ends')
    .argument('<person>', `who is away: ${PERSON}`)
    .argument('<deputy>', `who decides, in both names: ${PERSON}`)
    .addOption(new Option('--from <day>', 'first day, YYYY-MM-DD where the person works; now if absent').argParser(civilDay))
    .addOption(new Option('--until <day>', 'first day back, YYYY-MM-DD').argParser(civilDay).makeOptionMandatory())
    .option('--order <order>', `only this one: ${ORDER_REFERENCE}`)
    .option('--reason <text>', 'kept with it')
    .action(async (who: string, to: string, { from, until, order, reason = null }: AddOptions) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const [person, deputy] = [await findPerson(db, who), await findPerson(db, to)];
      const zone = (await loadCalendarsOf(db, [person.id])).get(person.id)?.zone ?? 'UTC';
      const startsAt = from === undefined ? undefined : (instantOf(from, zone) ?? undefined);
      const endsAt = instantOf(until, zone) ?? new Date(`${until}T00:00:00Z`);
      const orderId = order === undefined ? null : (await requireOrder(db, order)).id;
      const people = { fromPersonId: person.id, toPersonId: deputy.id, orderId };
      const request = { ...people, startsAt, endsAt, reason, createdBy: whoAmI() };
      const { id, moved, stayed } = await delegateApprovals({ db, settings, now: () => new Date() }, request);
      app.out.answer({ id, ...people, startsAt, endsAt, moved, stayed }, () => [
        `${id}: ${plain(deputy.name)} decides for ${plain(person.name)} until ${formatInstant(endsAt)}; ${countOf(moved.length, 'order')} moved`,
        ...stayed.map((one) => `order ${one.orderId} stays with ${plain(person.name)}: ${plain(one.because)}`),
      ]);
    });
  withExamples(command, [
    'kontor deputies add P-2 P-5 --from 2026-12-21 --until 2027-01-04',
    'kontor deputies add P-2 P-5 --until 2026-12-24 --order KO-17 --reason "knows the supplier"',
  ]);
}

function addList(deputies: Command, app: App): void {
  const command = deputies
    .command('list', { isDefault: true })
    .description('deputies whose time holds or comes')
    .option('--person <person>', `only of or for this one: ${PERSON}`)
    .action(async ({ person }: { person?: string }) => {
      const { db } = await app.store(await app.settings([]));
      const personId = person === undefined ? null : (await findPerson(db, person)).id;
      app.out.answer({ delegations: await listAllDelegations(db, personId, new Date()) }, drawDelegations);
    });
  withExamples(command, ['kontor deputies', 'kontor deputies list --person P-2 --json']);
}

function addRevoke(deputies: Command, app: App): void {
  const command = deputies
    .command('revoke')
    .description('end it now; what waits goes back at once')
    .argument('<number>', 'as `kontor deputies list` tells it', rowId)
    .action(async (id: string) => {
      const settings = await app.settings([]);
      const { db } = await app.store(settings);
      const { moved } = await revokeDeputy({ db, settings, now: () => new Date() }, id);
      app.out.answer({ id, moved }, () => [`deputy ${id} is revoked; ${countOf(moved.length, 'order')} went back`]);
    });
  withExamples(command, ['kontor deputies revoke 4']);
}
