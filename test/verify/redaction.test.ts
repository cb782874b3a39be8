import { describe, expect, test } from '@jest/globals';
import { Redaction } from '../../verify/redaction.js';

const HEADERS = {
  authorization: 'Bearer abc/def~ghi"jkl',
  'proxy-authorization': 'Basic SECRETBASIC77',
  cookie: 'sid=SECRETCOOKIE99; theme=dark',
  'x-number': '73737373',
  'x-gw-ims-org-id': 'OF-THE-SANDBOX',
  'accept-encoding': 'identity',
};

const redaction = new Redaction(HEADERS, true);

describe('what is told never has a secret in it', () => {
  test.each([
    ['the whole value of a header', 'sid=SECRETCOOKIE99; theme=dark'],
    ['a part of it', 'SECRETCOOKIE99'],
    ['credentials without their scheme', 'SECRETBASIC77'],
    ['the token', 'abc/def~ghi"jkl'],
    ['the token as a JSON pointer has it', '/body/abc~1def~0ghi"jkl'],
    ['the token as JSON has it', JSON.stringify('abc/def~ghi"jkl')],
    ['the token as an address has it', 'abc%2Fdef~ghi%22jkl'],
    ['the token as another address has it', 'abc%2fdef~ghi%22jkl'],
  ])('be it %s', (_what, text) => {
    expect(redaction.text(`before ${text} after`)).toMatch(/^before .*\[secret\].* after$/);
    expect(redaction.text(text)).not.toMatch(/SECRET|ghi/);
  });

  test('be it a number, or a part of one', () => {
    for (const shown of [redaction, new Redaction(HEADERS, false)]) {
      expect(shown.value(73737373)).toBe('[secret]');
      expect(shown.value(1737373730)).toBe('1[secret]0');
    }
    expect(redaction.body({ id: 73737373, ids: [5, 173737373] })).toEqual({
      id: '[secret]',
      ids: [5, '1[secret]'],
    });
  });

  test('be it the name of a property', () => {
    expect(redaction.body({ SECRETCOOKIE99: { 73737373: 1 } })).toEqual({ '[secret]': { '[secret]': 1 } });
  });
});

test('what is no secret is told: schemes, short parts, and the headers that name no caller', () => {
  const text = 'Bearer and Basic, dark, theme=, OF-THE-SANDBOX, identity';
  expect(redaction.text(text)).toBe(text);
});
