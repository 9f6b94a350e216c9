import { describe, expect, it } from 'vitest';
import { predictedAt } from '../../src/domain/work-calendar/predict.ts';
import { calendar } from './work-calendar-setup.ts';

const HOUR = 3_600_000;
const at = (text: string) => new Date(text);

describe('when somebody will probably decide', async () => {
  const berlin = await calendar();
  const since = at('2026-03-13T16:00:00+01:00');
  const predict = (hours: number[], now: string, away: Array<{ from: Date; until: Date }> = []) =>
    predictedAt(
      { calendar: berlin, awayOn: away, since },
      hours.map((one) => one * HOUR),
      at(now),
    );

  it('is after the time half of such decisions took, in working time', () => {
    expect(predict([1, 2, 3, 4, 90], '2026-03-13T16:00:00+01:00')).toEqual(at('2026-03-16T11:00:00+01:00'));
  });

  it('is later the longer it has been waiting: only those that took longer say something', () => {
    expect(predict([1, 2, 3, 4, 16], '2026-03-16T12:30:00+01:00')).toEqual(at('2026-03-17T16:00:00+01:00'));
    expect(predict([1, 2, 3, 4, 5], '2026-03-20T12:30:00+01:00')).toBeNull();
  });

  it('is not said of too few, and not within an absence', () => {
    expect(predict([1, 2, 3, 4], '2026-03-13T16:00:00+01:00')).toBeNull();
    const away = [{ from: at('2026-03-16T00:00:00+01:00'), until: at('2026-03-18T00:00:00+01:00') }];
    expect(predict([1, 2, 3, 4, 5], '2026-03-13T16:00:00+01:00', away)).toEqual(at('2026-03-18T11:00:00+01:00'));
  });
});
