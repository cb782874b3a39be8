import { describe, expect, test } from '@jest/globals';
import fc from '../support/property.js';
import { isInstant, parseInstant } from '../../contract/instant.js';

describe('a timestamp as RFC 3339 writes it', () => {
  test.each<[what: string, text: string, sameAs: string]>([
    ['the beginning of 1970', '1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
    ['before 1970', '1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
    ['as on the page', '2018-02-01T00:00:00Z', '2018-02-01T00:00:00.000Z'],
    ['the last second of a day', '2018-02-01T23:59:59Z', '2018-02-01T23:59:59.000Z'],
    ['the last day of a long month', '2018-01-31T12:00:00Z', '2018-01-31T12:00:00.000Z'],
    ['the last day of a short month', '2018-04-30T12:00:00Z', '2018-04-30T12:00:00.000Z'],
    ['a lower-case t', '2018-01-01t12:34:56Z', '2018-01-01T12:34:56.000Z'],
    ['a lower-case z', '2018-01-01T12:34:56z', '2018-01-01T12:34:56.000Z'],

    ['one digit of a fraction', '2018-01-01T00:00:00.5Z', '2018-01-01T00:00:00.500Z'],
    ['two digits of a fraction', '2018-01-01T00:00:00.05Z', '2018-01-01T00:00:00.050Z'],
    ['milliseconds', '2018-01-01T00:00:00.123Z', '2018-01-01T00:00:00.123Z'],
    ['a finer fraction, which is cut', '2018-01-01T00:00:00.9999999Z', '2018-01-01T00:00:00.999Z'],
    ['a fraction before 1970, cut too', '1969-12-31T23:59:59.9999Z', '1969-12-31T23:59:59.999Z'],
    ['a fraction and an offset', '2018-01-01T00:00:00.25+01:00', '2017-12-31T23:00:00.250Z'],

    ['an offset to the east', '2018-01-01T05:00:00+05:00', '2018-01-01T00:00:00.000Z'],
    ['an offset to the west', '2018-01-01T05:00:00-05:30', '2018-01-01T10:30:00.000Z'],
    ['an offset of nothing', '2018-01-01T05:00:00+00:00', '2018-01-01T05:00:00.000Z'],
    ['an offset that is not known', '2018-01-01T05:00:00-00:00', '2018-01-01T05:00:00.000Z'],
    ['the largest offset', '2018-01-01T00:00:00+23:59', '2017-12-31T00:01:00.000Z'],
    ['the largest offset to the west', '2018-12-31T23:59:00-23:59', '2019-01-01T23:58:00.000Z'],
    ['an offset over a leap day', '2024-03-01T00:30:00+01:00', '2024-02-29T23:30:00.000Z'],

    ['February 29 of a leap year', '2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['February 29 of a year by 400', '2000-02-29T00:00:00Z', '2000-02-29T00:00:00.000Z'],
    ['February 28 of a common year', '2023-02-28T00:00:00Z', '2023-02-28T00:00:00.000Z'],

    ['a leap second', '2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
    ['a leap second in June', '2015-06-30T23:59:60Z', '2015-07-01T00:00:00.000Z'],
    ['a fraction of a leap second', '2016-12-31T23:59:60.75Z', '2017-01-01T00:00:00.750Z'],
    ['a leap second to the west', '1990-12-31T15:59:60-08:00', '1991-01-01T00:00:00.000Z'],
    ['a leap second to the east', '2017-01-01T05:29:60+05:30', '2017-01-01T00:00:00.000Z'],

    ['the first year', '0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000Z'],
    ['a year of two digits', '0099-12-31T00:00:00Z', '0099-12-31T00:00:00.000Z'],
    ['the leap day of the first year', '0000-02-29T00:00:00Z', '0000-02-29T00:00:00.000Z'],
    ['the last year', '9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('is read: %s (%s)', (_what, text, sameAs) => {
    expect(parseInstant(text)).toBe(new Date(sameAs).getTime());
    expect(isInstant(text)).toBe(true);
  });

  test('is the instant that it says, in any year and at any offset', () => {
    const minutes = fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 });
    // A day off each end, so that the local time has a year of four digits too.
    const dates = fc.date({
      min: new Date('0000-01-02T00:00:00Z'),
      max: new Date('9999-12-30T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(dates, minutes, (date, offset) => {
        expect(parseInstant(date.toISOString())).toBe(date.getTime());
        expect(parseInstant(withOffset(date, offset))).toBe(date.getTime());
      }),
    );
  });
});

/** The instant as a clock shows it that is that many minutes ahead of UTC. */
function withOffset(date: Date, minutes: number): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
  const size = Math.abs(minutes);
  return `${local}${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

describe('a text that RFC 3339 does not allow', () => {
  test.each<[what: string, text: string]>([
    ['nothing', ''],
    ['no time at all', 'yesterday'],
    ['Unix milliseconds', '1514764800000'],
    ['a date alone', '2018-01-01'],
    ['a time alone', '12:00:00Z'],
    ['no offset', '2018-01-01T00:00:00'],
    ['no seconds', '2018-01-01T00:00Z'],
    ['no separators', '20180101T000000Z'],
    ['a space instead of T', '2018-01-01 00:00:00Z'],
    ['an underscore instead of T', '2018-01-01_00:00:00Z'],
    ['a space before', ' 2018-01-01T00:00:00Z'],
    ['a space after', '2018-01-01T00:00:00Z '],
    ['a line end after', '2018-01-01T00:00:00Z\n'],
    ['something after', '2018-01-01T00:00:00Z[UTC]'],
    ['two lines', '2018-01-01T00:00:00Z\n2018-01-01T00:00:00Z'],
    ['a zone by name', '2018-01-01T00:00:00 UTC'],
    ['a week', '2018-W01-1T00:00:00Z'],
    ['the day of a year', '2018-001T00:00:00Z'],
    ['digits of another script', '２０１８-01-01T00:00:00Z'],

    ['a year of two digits', '18-01-01T00:00:00Z'],
    ['a year of five digits', '12018-01-01T00:00:00Z'],
    ['a year of six digits with its sign', '+002018-01-01T00:00:00Z'],
    ['a year before the first', '-0001-01-01T00:00:00Z'],
    ['a month of one digit', '2018-1-01T00:00:00Z'],
    ['a day of one digit', '2018-01-1T00:00:00Z'],
    ['an hour of one digit', '2018-01-01T0:00:00Z'],
    ['month 0', '2018-00-01T00:00:00Z'],
    ['month 13', '2018-13-01T00:00:00Z'],
    ['day 0', '2018-01-00T00:00:00Z'],
    ['January 32', '2018-01-32T00:00:00Z'],
    ['April 31', '2018-04-31T00:00:00Z'],
    ['June 31', '2018-06-31T00:00:00Z'],
    ['September 31', '2018-09-31T00:00:00Z'],
    ['November 31', '2018-11-31T00:00:00Z'],
    ['February 30', '2018-02-30T00:00:00Z'],
    ['February 30 of a leap year', '2024-02-30T00:00:00Z'],
    ['February 29 of a common year', '2023-02-29T00:00:00Z'],
    ['February 29 of a year by 100', '1900-02-29T00:00:00Z'],
    ['February 29 of another year by 100', '2100-02-29T00:00:00Z'],

    ['hour 24', '2018-01-01T24:00:00Z'],
    ['minute 60', '2018-01-01T00:60:00Z'],
    ['second 61', '2018-12-31T23:59:61Z'],
    ['a leap second at noon', '2016-12-31T12:00:60Z'],
    ['a leap second an hour early', '2016-12-31T22:59:60Z'],
    ['a leap second a minute early', '2016-12-31T23:58:60Z'],
    ['a leap second of a local midnight', '2016-12-31T23:59:60+01:00'],

    ['a fraction of no digits', '2018-01-01T00:00:00.Z'],
    ['a fraction after a comma', '2018-01-01T00:00:00,5Z'],
    ['a fraction of a minute', '2018-01-01T00:00.5Z'],
    ['two fractions', '2018-01-01T00:00:00.5.5Z'],

    ['an offset without a colon', '2018-01-01T00:00:00+0500'],
    ['an offset of hours alone', '2018-01-01T00:00:00+05'],
    ['an offset of one digit', '2018-01-01T00:00:00+5:00'],
    ['an offset of 24:00', '2018-01-01T00:00:00+24:00'],
    ['an offset of -24:00', '2018-01-01T00:00:00-24:00'],
    ['an offset of 60 minutes', '2018-01-01T00:00:00+05:60'],
    ['an offset without a sign', '2018-01-01T00:00:0005:00'],
    ['an offset with seconds', '2018-01-01T00:00:00+05:00:00'],
    ['an offset after Z', '2018-01-01T00:00:00Z+05:00'],
    ['an offset with a minus sign that is no hyphen', '2018-01-01T00:00:00−05:00'],
  ])('is refused: %s (%j)', (_what, text) => {
    expect(parseInstant(text)).toBeUndefined();
    expect(isInstant(text)).toBe(false);
  });

  test.each(['2016-12-15T23:59:60Z', '2016-12-30T23:59:60Z', '2017-01-01T23:59:60Z'])(
    'is refused: a leap second that does not end a month (%s)',
    (text) => {
      expect(parseInstant(text)).toBeUndefined();
    },
  );
});
