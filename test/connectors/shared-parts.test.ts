/** What connectors have in common. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { plainDecimal, sumOf } from '../../src/connector/decimals.ts';
import { loginOf, loginSettings, refuseSeveralLogins } from '../../src/connector/http/login-settings.ts';
import { shaped } from '../../src/connector/shaped.ts';
import { isFilled, linesOf } from '../../src/connector/text-lines.ts';
import { newestStamp } from '../../src/connector/watermark.ts';
import { RetryLaterError } from '../../src/errors.ts';

describe('decimals', () => {
  it('add up exactly, whatever their size and sign', () => {
    expect(sumOf(['0.1', '0.2', '-1.000', '9007199254740993'])).toBe('9007199254740992.3');
    expect([sumOf(['0.1', '0.2']), sumOf(['-1.5', '1.50']), sumOf([])]).toEqual(['0.3', '0', '0']);
  });

  it('count for nothing in a sum when they are none', () => {
    expect(sumOf(['1', 'abc', '', '2'])).toBe('3');
  });

  it.each([
    ['1000.00000000', '1000'],
    ['007', '7'],
    ['-0.00', '0'],
    [' 3.500 ', '3.5'],
    ['1e-7', '0.0000001'],
    ['12.5-', '-12.5'],
  ])('are written in one way: %j as %j', (given, plain) => {
    expect(plainDecimal(given)).toBe(plain);
  });

  it.each(['', '1,5', '1.2.3', 'none'])('leave %j, which is none, as it is', (given) => {
    expect(plainDecimal(given)).toBe(given);
  });
});

describe('an answer of another shape than documented', () => {
  const list = z.object({ rows: z.array(z.int()) });

  it('is asked for again, with the places that are wrong and nothing of what stands there', () => {
    const ask = () => shaped(list, { rows: ['secret'] }, '/customers');
    expect(ask).toThrow(RetryLaterError);
    expect(ask).toThrow(/^\/customers answered .* \(rows\.0: (?!.*secret).*\); see what stands in between$/);
  });

  it('is told in a few words, however much of it is wrong', () => {
    expect(() => shaped(list, { rows: Array(500).fill('x') }, '/customers')).toThrow(/^(?!.*rows\.3)(?=.*rows\.2: ).*; and more\)/);
  });

  it('is told as a whole when it is nothing of the kind', () => {
    expect(() => shaped(list, null, '/customers')).toThrow(/documented \(Invalid input/);
  });
});

describe('texts of several lines', () => {
  it('become lines, whoever broke them', () => {
    expect(linesOf(' Hauptstr. 1\r\nHinterhaus\n\n  \rTor 3 ')).toEqual(['Hauptstr. 1', 'Hinterhaus', 'Tor 3']);
  });

  it('have none when they are no texts', () => {
    expect([linesOf(null), linesOf(undefined), linesOf(7)]).toEqual([[], [], []]);
  });

  it('are filled when there is more than blanks', () => {
    expect(['x', ' \n', '', null, undefined, 0].map(isFilled)).toEqual([true, false, false, false, false, false]);
  });
});

describe('the newest stamp of a page', () => {
  it('is told among stamps that are missing, unreadable, or beyond all time', () => {
    expect(newestStamp([null, 2_000, Number.NaN, 5_000, undefined, 1e18, 3_000])).toEqual(new Date(5_000));
  });

  it('is none where no record has one', () => {
    expect([newestStamp([]), newestStamp([null, Number.NaN])]).toEqual([null, null]);
  });
});

describe('a login declared in kontor.yaml', () => {
  const settings = z.strictObject(loginSettings({ keyHeader: 'x-api-key' })).superRefine(refuseSeveralLogins);
  const client = { tokenUrl: 'https://id.example.com/token', clientId: 'kontor', clientSecret: 's' };

  it.each([
    [{}, { kind: 'none' }],
    [
      { user: 'kontor', password: 'p' },
      { kind: 'basic', user: 'kontor', password: 'p' },
    ],
    [{ apiKey: { value: 'k' } }, { kind: 'header', name: 'x-api-key', value: 'k' }],
    [{ oauth: client }, { kind: 'oauth2', ...client, clientAuth: 'post', grant: { kind: 'client_credentials' } }],
    [
      { oauth: { ...client, clientAuth: 'basic', scope: 'read' } },
      { kind: 'oauth2', ...client, clientAuth: 'basic', scope: 'read', grant: { kind: 'client_credentials' } },
    ],
  ])('%j is taken as %j', (given, login) => {
    expect(loginOf(settings.parse(given))).toEqual(login);
  });

  it.each([
    [{ user: 'kontor' }, /belong together/],
    [{ password: 'p' }, /belong together/],
    [{ user: 'kontor', password: 'p', apiKey: { value: 'k' } }, /exclude each other/],
    [{ apiKey: { value: 'k' }, oauth: client }, /exclude each other/],
  ])('%j is refused', (given, why) => {
    expect(() => settings.parse(given)).toThrow(why);
  });
});
