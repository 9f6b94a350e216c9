import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_MAIL } from '../../src/config/mail-schema.ts';
import { placeholdersOf } from '../../src/notify/catalogue.ts';
import { loadMailKit } from '../../src/notify/mail-kit.ts';
import { previewSample } from '../../src/notify/preview.ts';
import { NOTICE_EVENTS } from '../../src/store/notifications.ts';

const shipped = path.join(import.meta.dirname, '../../templates/mail');

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'kontor-templates-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const load = (files: Readonly<Record<string, string>> = {}) => {
  return Promise.all(Object.entries(files).map(([name, text]) => writeFile(path.join(folder, name), text))).then(() =>
    loadMailKit({ mail: { ...DEFAULT_MAIL, templates: folder }, baseFolder: '/' }),
  );
};
const problemsOf = (files: Readonly<Record<string, string>>) =>
  load(files).then(
    () => [],
    (error: Error & { code: string }) => [error.code, ...error.message.split('\n').slice(1)],
  );
const READER = { language: 'en', zone: 'Europe/Berlin' };

describe('the shipped texts', () => {
  it('are complete in every language, with the same values in each', async () => {
    const languages = (await readdir(shipped)).filter((name) => name.endsWith('.json'));
    const catalogues = await Promise.all(
      languages.map(async (name) => JSON.parse(await readFile(path.join(shipped, name), 'utf8')) as Record<string, string>),
    );
    expect(languages).toEqual(expect.arrayContaining(['de.json', 'en.json']));
    const shape = (catalogue: Record<string, string>) =>
      Object.fromEntries(Object.entries(catalogue).map(([key, message]) => [key, placeholdersOf(message).sort()]));
    for (const catalogue of catalogues) expect(shape(catalogue)).toEqual(shape(catalogues[0] ?? {}));
    expect([...(await load()).catalogues.values()].flatMap(({ missing }) => missing)).toEqual([]);
  });

  it.each(['en', 'de'])('say every event in %s without a hole, and load nothing from elsewhere', async (language) => {
    const kit = await load();
    for (const event of NOTICE_EVENTS) {
      const { subject, html, text } = previewSample(kit, [event], { language, zone: 'Europe/Berlin' });
      expect([subject, html, text].join('\n'), event).not.toMatch(/undefined|\[object|NaN|\{\{|\{%|null\b|Invalid/);
      expect(html, event).not.toMatch(/<(img|link|script|iframe)|url\(|@import/i);
      expect(html.match(/https?:\/\/[^"<\s]+/g) ?? [], event).toEqual(
        (html.match(/https?:\/\/[^"<\s]+/g) ?? []).filter((url) => /^https:\/\/kontor\.example\/(decide|change)\//.test(url)),
      );
      expect(subject, event).not.toMatch(/[\r\n\u00a0]/);
    }
  });

  it('count as their language does', async () => {
    const kit = await load();
    const subject = (count: number, language: string) =>
      previewSample(
        kit,
        Array.from({ length: count }, () => 'approval.asked' as const),
        { language, zone: 'UTC' },
      ).subject;
    expect([subject(2, 'en'), subject(2, 'de')]).toEqual(['2 orders wait for your approval', '2 Bestellungen warten auf Ihre Freigabe']);
  });

  it('write amounts and dates as the reader’s country does', async () => {
    const kit = await load();
    const text = (language: string) => previewSample(kit, ['approval.asked'], { language, zone: 'UTC' }).text;
    expect(text('de-CH')).toMatch(/EUR 1['’]187\.49/);
    expect(text('de')).toContain('1.187,49 EUR');
    expect(text('en-US')).toContain('Monday, November 23, 2026 at 09:00 AM');
    expect(text('en')).toContain('Monday, 23 November 2026 at 09:00');
  });
});

describe('a folder of templates', () => {
  it('takes the place of shipped files one by one, also for one event alone', async () => {
    const kit = await load({ 'order.approved.html': '<p>{{ item.title }} &mdash; Hansa</p>', 'de.json': '{ "greeting": "Moin {name}," }' });
    expect(kit.own).toEqual(['de.json', 'order.approved.html']);
    expect(previewSample(kit, ['order.approved'], READER).html).toContain('<p>Your order R-1042 is approved &mdash; Hansa</p>');
    expect(previewSample(kit, ['order.declined'], READER).html).not.toContain('&mdash; Hansa');
    const german = previewSample(kit, ['order.approved'], { ...READER, language: 'de-AT' }).text;
    expect(german).toContain('Moin Jens Brandt,');
    expect(german).toContain('Ihre Bestellung R-1042 ist freigegeben');
  });

  it('adds a language, which says in English what it lacks', async () => {
    const kit = await load({ 'fr.json': '{ "greeting": "Bonjour {name}," }' });
    const { text } = previewSample(kit, ['order.approved'], { ...READER, language: 'fr-FR' });
    expect(text).toContain('Bonjour Jens Brandt,');
    expect(text).toContain('Your order R-1042 is approved');
    expect(kit.catalogues.get('fr')?.missing.length).toBeGreaterThan(50);
  });

  it.each([
    ['a file nobody asks for', { 'mial.html': '' }, 'mial.html is nothing a mail is made of'],
    ['a tag that is not closed', { 'item.html': '{% if item.title %}' }, 'item.html: tag {% if item.title %} not closed'],
    ['a value that is not there', { 'item.html': '{{ item.titel }}' }, 'approval.asked cannot be drawn: undefined variable: item.titel'],
    ['a filter that is not there', { 'item.txt': '{{ item.title | shout }}' }, 'undefined filter: shout'],
    [
      'an image from elsewhere',
      { 'item.html': '<img src="https://tracker.example/1.gif">' },
      'loads <img src="https://tracker.example/1.gif">',
    ],
    ['a text nobody asks for', { 'de.json': '{ "gretting": "Moin" }' }, 'de.json: nothing asks for "gretting"'],
    [
      'a value the text is not given',
      { 'de.json': '{ "greeting": "Moin {nmae}" }' },
      'de.json: "greeting" names {nmae}, which it is not given; it has {name}',
    ],
    ['a plural that is not one', { 'de.json': '{ "digest.intro": "{count, plural, one {x}" }' }, 'de.json: "digest.intro" cannot be read'],
    ['a file that is not JSON', { 'de.json': '{' }, 'de.json is not JSON'],
    ['what is no text', { 'de.json': '{ "greeting": 7 }' }, 'de.json must be an object of texts: greeting'],
  ])('is refused with the reason for %s', async (_title, files, reason) => {
    const [code, ...problems] = await problemsOf(files as unknown as Record<string, string>);
    expect(code).toBe('MAIL_TEMPLATE_INVALID');
    expect(problems.join('\n')).toContain(reason);
  });

  it('reaches nothing but what a mail holds', async () => {
    const kit = await load({ 'item.txt': '{{ item.constructor }}|{{ item.title | size }}|{{ "x" | escape }}' }).catch(
      (error: Error) => error.message,
    );
    expect(kit).toContain('undefined variable');
  });

  it('that is not there is a mistake of the configuration', async () => {
    const mail = { ...DEFAULT_MAIL, templates: 'nowhere' };
    await expect(loadMailKit({ mail, baseFolder: folder })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
