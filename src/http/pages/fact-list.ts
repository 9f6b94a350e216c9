/** Pairs as mails tell them, on a page. */
import type { FactView } from '../../notify/mail-view.ts';
import { type Html, html } from './html.ts';

export function factList(facts: readonly FactView[]): Html {
  return html`<dl>${facts.map(({ label, lines }) => html`<dt>${label}</dt><dd>${lines.join('\n')}</dd>`)}</dl>`;
}
