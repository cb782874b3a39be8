import { describe, expect, test } from '@jest/globals';
import { redacted, redactedMessage } from '../../verify/redacted.js';

function messageOf(body: string): string {
  try {
    JSON.parse(body);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error(`${body} is JSON`);
}

describe('what the parser repeats of a body that is no JSON is left out', () => {
  // Node 20, 22 and 24 have the same.
  test.each([
    [
      `Unexpected token 'S', "SECRET" is not valid JSON`,
      `Unexpected token 'S', [redacted] is not valid JSON`,
    ],
    [
      `Unexpected token 'S', "SECRETVALU"... is not valid JSON`,
      `Unexpected token 'S', [redacted] is not valid JSON`,
    ],
    [
      `Unexpected token 'S', ...": SECRET" is not valid JSON`,
      `Unexpected token 'S', [redacted] is not valid JSON`,
    ],
    [
      `Unexpected token 'S', ..."": SECRET"... is not valid JSON`,
      `Unexpected token 'S', [redacted] is not valid JSON`,
    ],
    [`"SECRET" is not valid JSON`, `[redacted] is not valid JSON`],
    [
      `Unexpected token 'S', "SECRET" is not valid JSON" is not valid JSON`,
      `Unexpected token 'S', [redacted] is not valid JSON`,
    ],
  ])('%s', (message, left) => {
    expect(redactedMessage(message)).toBe(left);
  });

  test.each([
    'SECRET',
    'SECRETSECRETSECRET and a long text that goes on and on',
    '{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa":1, "password": SECRET , "bbbbbbbbbbbbbbbbbbbbbbbbbbb":1}',
    '{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaa":1, "password": SECRET',
    '{"password":"SECRET',
    '{"password":"SECRET\n"}',
    '{"password":"SECRET\\q"}',
    '{"password":"SECRET" "SECRET"}',
    `{"password":'SECRET'}`,
    '{"password":-SECRET}',
    '{"password":1.SECRET}',
    '{}SECRET',
    '\u{1F600}SECRET',
    'SECRET" is not valid JSON and on and on and on and on',
  ])('as this process words it of %j', (body) => {
    expect(redactedMessage(messageOf(body))).not.toContain('SECRET');
  });

  test('and where it is, is not', () => {
    const message = "Expected ',' or '}' after property value in JSON at position 21 (line 1 column 22)";
    expect(redactedMessage(message)).toBe(message);
  });
});

test('a secret in a number, a name or a text leaves a value that can be written as JSON', () => {
  const sent = { password: 12345, 'Bearer abc': 12, list: [{ token: -1.5e300 }], text: '"Bearer abc"' };
  expect(JSON.parse(JSON.stringify(redacted(sent)))).toEqual({
    password: '[redacted]',
    'Bearer [redacted]': 12,
    list: [{ token: '[redacted]' }],
    text: '"Bearer [redacted]',
  });
});
