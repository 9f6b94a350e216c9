import { afterEach, describe, expect, it } from 'vitest';
import { type MailDesk, mailDesk } from './mail-desk.ts';

let open: MailDesk | undefined;
afterEach(async () => {
  await open?.server.close();
  open = undefined;
});
const setup = async (...given: Parameters<typeof mailDesk>) => {
  open = await mailDesk(...given);
  return open;
};

describe('the reason on the radar in the language of the reader', () => {
  const germanOf = async (more: object) => {
    const { queue, send, newest, alter } = await setup();
    await alter('P-9', { locale: 'de-DE' });
    await queue('radar.listed', 'P-9', more);
    await send();
    return newest().mail;
  };
  const since = '2026-11-23T09:00:00Z';
  const budget = (what: string, state: string, about: object) =>
    germanOf({ orderId: null, stepId: null, revision: null, facts: { what, state, about, reason: 'in English', since } });

  it.each([
    ['nobody may decide', 'niemand darf entscheiden'],
    ['its time is over, and the rules end nothing by themselves', 'die Zeit ist abgelaufen, und die Regeln beenden nichts von selbst'],
    [
      'nobody decided, and the ladder of its rules is at its end',
      'niemand hat entschieden, und auch die letzte Stufe der Regeln hat nichts bewirkt',
    ],
    ['rules 7 cannot be read', 'rules 7 cannot be read (Wortlaut des Programms)'],
  ])('%s', async (reason, said) => {
    expect((await germanOf({ facts: { reason, since } })).text).toContain(`Grund: ${said}\n`);
  });

  it('of budgets and of calendars', async () => {
    expect((await budget('HOLM', 'untold', { percent: 80, period: '2026-11' })).text).toContain(
      'Grund: 80 % von 2026-11 sind verbraucht, und niemand ist da, der es erfahren könnte: weder Verantwortliche des Budgets noch eine Administration darüber',
    );
    const list = { lastOn: '2026-12-31', budgets: 7, codes: ['A', 'B', 'C', 'D', 'E'] };
    expect((await budget('OWN', 'ended', { ...list, calendar: null, budgets: 1 })).text).toContain(
      'Grund: der letzte Zeitraum endete am 31. Dezember 2026; das Budget läuft weiter und hat keinen',
    );
    const mail = await budget('calendar erp', 'ends', { ...list, calendar: 'erp' });
    expect(mail.subject).toBe('Kalender erp braucht jemanden');
    expect(mail.text).toContain(
      'Grund: der letzte Zeitraum endet am 31. Dezember 2026; 7 Budgets laufen weiter und werden keinen haben: A, B, C, D, E und 2 weitere',
    );
  });
});
