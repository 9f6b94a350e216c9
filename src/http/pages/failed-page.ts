/** Why a link did not do what was wanted, in the reader's language; what has no words there is told as the program says it. */
import type { Tongue } from '../../notify/tongue.ts';
import { html } from './html.ts';
import type { Page } from './page.ts';

export interface LinkFailure {
  readonly code: string;
  /** As the program says it, in English. */
  readonly message: string;
  /** The same for the reader, where there are words for exactly this. */
  readonly said: string | null;
  readonly changes: readonly string[];
}

export function failedPage({ code, message, said, changes }: LinkFailure, tongue: Tongue): Page {
  const title = tongue.say('page.failed.title', { code });
  const words = message.split('\n').map((line) => html`<p>${sentence(line)}</p>`);
  const isEnglish = tongue.language.split('-')[0] === 'en';
  return {
    title,
    language: tongue.language,
    body: html`<h1>${title}</h1>
${
  said !== null
    ? html`<p>${said}</p>`
    : isEnglish
      ? words
      : html`<p>${tongue.say('page.failed.text', { code })}</p>
<div class="quiet"><p>${tongue.say('page.failed.wording')}</p><div lang="en">${words}</div></div>`
}
${changes.length > 0 && html`<h2>${tongue.say('changes')}</h2><ul>${changes.map((change) => html`<li>${change}</li>`)}</ul>`}`,
  };
}

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}${/[.!?]$/.test(words) ? '' : '.'}`;
}
