/**
 * Budgets that need a person: an alert of a running period that nobody was there to be told, and a list of periods that ends, or has
 * ended, while a budget goes on. In columns of the radar, with `key`, by which each is told once, and what the
 * reason is about, for other languages; says nothing of amounts.
 */

/** A list is told so long before its last day. */
const AHEAD_DAYS = 30;
const MOST_NAMED = 5;

const UNTOLD = `
  select 'budget' as kind, b.id, null::bigint as order_id, null::text as external_key, a.name as account, b.code as what, 'untold' as state,
    l.percent || ' % of ' || p.key || ' are used, and nobody is there to be told: neither an owner of the budget nor an administrator above' as reason,
    l.at as since, concat_ws(':', 'untold', p.id, l.percent) as key, jsonb_build_object('percent', l.percent, 'period', p.key) as about
  from budget_alerts l join budget_periods p on p.id = l.period_id and p.state = 'open'
  join budgets b on b.id = p.budget_id join accounts a on a.id = b.company_id where l.untold`;

const LISTS = `
  select null::bigint as budget_id, name as calendar, (definition -> 'periods' -> -1 ->> 'endOn')::date as end_on
  from fiscal_calendars where definition ->> 'kind' = 'list'
  union all
  select id, null, (period_rule -> 'periods' -> -1 ->> 'endOn')::date from budgets where period_rule ->> 'kind' = 'list'`;

/** Of a budget by itself, or of all that share a calendar. */
const ENDING = `
  select 'budget', n.first, null::bigint, null::text, n.account, coalesce('calendar ' || n.calendar, n.codes[1]), case when n.has_ended then 'ended' else 'ends' end,
    'its last period ' || case when n.has_ended then 'ended on ' else 'ends on ' end || n.end_on - 1
      || case when n.calendar is null then ', and it goes on' else '; ' || n.budgets || case when n.budgets = 1 then ' budget goes on' else ' budgets go on' end end
      || case when not n.has_ended then ' and will have none' when n.budgets = 1 then ' and has none' else ' and have none' end
      || case when n.calendar is null then '' else ': ' || array_to_string(n.codes[1:${MOST_NAMED}], ', ')
        || case when n.budgets > ${MOST_NAMED} then ' and ' || n.budgets - ${MOST_NAMED} || ' more' else '' end end,
    (n.end_on - ${AHEAD_DAYS})::timestamp at time zone 'UTC', concat_ws(':', 'list', coalesce(n.calendar, 'budget ' || n.first), n.end_on),
    jsonb_build_object('calendar', n.calendar, 'lastOn', n.end_on - 1, 'budgets', n.budgets, 'codes', n.codes[1:${MOST_NAMED}])
  from (
    select l.calendar, l.end_on, l.end_on <= (:now::timestamptz at time zone 'UTC')::date as has_ended, min(b.id) as first, count(*) as budgets, array_agg(b.code order by b.id) as codes,
      case when count(distinct b.company_id) = 1 then min(a.name) end as account
    from (select * from (${LISTS}) l where l.end_on <= (:now::timestamptz at time zone 'UTC')::date + ${AHEAD_DAYS} offset 0) l cross join lateral (
      select * from budgets where id = l.budget_id
      union all select * from budgets where period_rule ->> 'kind' = 'calendar' and period_rule ->> 'name' = l.calendar
    ) b join accounts a on a.id = b.company_id
    where b.state = 'active' and (b.valid_until is null or b.valid_until > l.end_on) group by l.budget_id, l.calendar, l.end_on
  ) n`;

export const BUDGETS = `${UNTOLD} union all ${ENDING}`;

export function cureOfBudget(what: string, state: string): string {
  if (state === 'untold')
    return `give somebody there the role budget_owner or administrator in the ERP and pull, and they are told; \`kontor budgets statement ${what}\``;
  const [, calendar] = /^calendar (.*)$/.exec(what) ?? [];
  if (calendar === undefined) return `give ${what} the periods that follow, or its end (until): \`kontor budgets put FILE\``;
  return `put the periods that follow, \`kontor budgets calendars put ${calendar} FILE\`; or give these budgets their end (until)`;
}
