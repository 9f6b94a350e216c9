/** Days that rates may count for which were imported since: what had none then may be converted now, however long ago it was. */

/** `since` and `rateMaxAgeDays` are bound. One row for each currency: no day outside of `first` and `last`, in any zone, asks for them. */
export const NEW_RATES = `(
  select currency, min(valid_on) - 1 as first, max(valid_on) + :rateMaxAgeDays::int + 1 as last
  from exchange_rates x, unnest(array[x.from_currency, x.to_currency]) currency where x.imported_at >= :since group by currency)`;
