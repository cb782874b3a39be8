import { describe, expect, test } from '@jest/globals';
import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { jsonReport } from '../../verify/json-report.js';
import { junitReport } from '../../verify/junit-report.js';
import { markdownReport } from '../../verify/markdown-report.js';
import type { RunCall } from '../../server/journal/run.js';
import { reportOf, type RunReport } from '../../verify/run-report.js';

const IDENTITY = { version: '1.2.3', contract: { version: '4.5.6', hash: '0123456789ab' } };
/** What would end an element, an attribute, a cell, a line or a row, or is not to be told in XML. */
const HARD = `]]> <b a="1">'&amp; | \`code\` **bold** [link](x) \u0000\u001b[31m\uD800 \r\n## é 😀`;

const call = (id: number, message = 'It must be an integer.'): RunCall => ({
  id,
  operation: 'listExportJobs',
  requestId: `request-${id}`,
  sandbox: { org: 'o@AdobeOrg', name: 'prod' },
  realTime: '2026-01-01T00:00:00.000Z',
  method: 'GET',
  url: '/data/core/ups/export/jobs?limit=none',
  status: 400,
  violations: [
    { of: 'request', message, pointer: '/query/limit', rule: '#/rule', sent: 'none', allowed: 'an integer' },
  ],
});
const calls = (...newest: RunCall[]) => ({ count: newest.length, newest });
const NONE = calls();
const COVERAGE: RunReport['coverage'] = {
  total: 3,
  exercised: 1,
  operations: [
    {
      operationId: 'listExportJobs',
      calls: 2,
      statuses: [
        { status: 200, calls: 2 },
        { status: 400, calls: 0 },
      ],
      parameters: [],
      examples: [],
    },
  ],
};

function report(unexpected = NONE, expected = NONE, failOnViolation = true, status = 200): RunReport {
  const run = { calls: 5, faulted: 1, unexpected, expected, coverage: COVERAGE };
  const required = [{ operation: 'listExportJobs', status }];
  return reportOf(run, { failOnViolation, required }, IDENTITY);
}

interface Case {
  name: string;
  classname: string;
  failure?: { '#text': string; message: string };
  skipped?: { message: string };
}

/** The suites of a report, read by a parser that is not ours. */
function suitesOf(xml: string) {
  expect(XMLValidator.validate(xml)).toBe(true);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '',
    isArray: (name) => ['testcase', 'testsuite', 'property'].includes(name),
  });
  const { testsuites } = parser.parse(xml) as {
    testsuites: Record<'tests' | 'failures' | 'skipped', string> & {
      testsuite: {
        name: string;
        testcase?: Case[];
        properties: { property: { name: string; value: string }[] };
      }[];
    };
  };
  return testsuites;
}

test('whether a run has passed follows from what it is held to', () => {
  expect(report().passed).toBe(true);
  expect(report(NONE, calls(call(1))).passed).toBe(true);
  expect(report(calls(call(1))).passed).toBe(false);
  expect(report(calls(call(1)), NONE, false).passed).toBe(true);
  expect(report(NONE, NONE, true, 400).passed).toBe(false);
});

test('every report names the versions, and the hash of the contract', () => {
  for (const write of [jsonReport, junitReport, markdownReport]) {
    const text = write(report());
    for (const part of ['1.2.3', '4.5.6', '0123456789ab']) expect(text).toContain(part);
  }
});

test('secrets are left out of every report', () => {
  const told = call(1, "'Bearer SECRET' is not known.");
  const secret: RunCall = {
    ...told,
    url: '/export/jobs/bearer%20SECRET?access_token=SECRET&limit=1&q=Bearer%20SECRET&r=Bearer+SECRET',
    violations: [
      { ...told.violations[0], of: 'request', message: 'The token Bearer SECRET is not known.' },
      { of: 'request', message: 'It is unknown.', pointer: '/headers/x-api-key', sent: 'SECRET' },
      { of: 'request', message: `Unexpected token 'x', ..."SECRET",x}" is not valid JSON` },
      { of: 'request', message: `Unexpected token 'S', ...": SECRET ,"... is not valid JSON` },
      { of: 'request', message: 'It is unknown.', pointer: '/body/Bearer SECRET', sent: 1 },
      {
        of: 'request',
        message: 'It is unknown.',
        pointer: '/body',
        sent: { client_secret: 'SECRET', a: ['Bearer SECRET'] },
      },
    ],
  };
  for (const write of [jsonReport, junitReport, markdownReport]) {
    expect(write(report(calls(secret), calls(secret)))).not.toContain('SECRET');
  }
});

describe('JUnit', () => {
  test('has one that passes where no call broke the contract, as some readers refuse a report without any', () => {
    const { testsuite } = suitesOf(junitReport(report(NONE, NONE)));
    expect(testsuite[1]?.testcase).toMatchObject([{ name: 'No call broke the contract unexpectedly' }]);
    expect(testsuite[1]?.testcase?.[0]?.failure).toBeUndefined();
  });

  test('has a case for what is required, for each violation that is not meant, and for each that is', () => {
    const { tests, failures, skipped, testsuite } = suitesOf(
      junitReport(report(calls(call(1)), calls(call(2)))),
    );
    expect({ tests, failures, skipped }).toEqual({ tests: '3', failures: '1', skipped: '0' });
    expect(
      testsuite.map(({ testcase }) => testcase?.map(({ name, failure }) => [name, failure?.message])),
    ).toEqual([
      [['listExportJobs is answered with 200', undefined]],
      [
        [
          'call 1 of sandbox prod of o@AdobeOrg, /query/limit: It must be an integer.',
          'It must be an integer.',
        ],
      ],
      [['call 2 of sandbox prod of o@AdobeOrg, /query/limit: It must be an integer.', undefined]],
    ]);
    expect(testsuite[1]?.testcase?.[0]?.failure?.['#text'].split('\n')).toEqual([
      'It must be an integer.',
      'at         /query/limit',
      'rule       #/rule',
      'sent       "none"',
      'allowed    an integer',
      'call       GET /data/core/ups/export/jobs?limit=none',
      'request id request-1',
    ]);
  });

  test('gives no two cases the same name: those of two organisations, of two places, or of a sandbox made anew', () => {
    const [violation = { of: 'request' as const, message: '' }] = call(1).violations;
    const elsewhere: RunCall = { ...call(1), sandbox: { org: 'other@AdobeOrg', name: 'prod' } };
    const twice: RunCall = {
      ...call(2),
      violations: [violation, { ...violation, pointer: '/query/offset' }],
    };
    const unexpected = calls(call(1), elsewhere, twice, call(1));
    const { testsuite } = suitesOf(junitReport(report(unexpected, calls(call(1)))));
    const named = testsuite.flatMap(({ testcase = [] }) =>
      testcase.map(({ classname, name }) => `${classname} ${name}`),
    );
    expect(named).toHaveLength(7);
    expect(new Set(named).size).toBe(7);
    expect(named.filter((name) => name.includes('other@AdobeOrg'))).toHaveLength(1);
    expect(named.at(-1)).toMatch(/: It must be an integer\. \(3\)$/);
  });

  test('skips what would fail, where violations do not', () => {
    const { failures, skipped, testsuite } = suitesOf(junitReport(report(calls(call(1)), NONE, false)));
    expect({ failures, skipped }).toEqual({ failures: '0', skipped: '1' });
    expect(testsuite[1]?.testcase?.[0]?.skipped?.message).toContain('without --fail-on-violation');
  });

  test('fails for what is required and was not called, and tells how many there were before the newest', () => {
    const { failures, testsuite } = suitesOf(
      junitReport(report({ count: 1001, newest: [call(1001)] }, NONE, true, 400)),
    );
    expect(failures).toBe('3');
    expect(testsuite[0]?.testcase?.[0]?.failure?.message).toContain('was answered with 400');
    expect(testsuite[1]?.testcase?.[1]?.name).toBe('1000 earlier calls broke the contract, too.');
  });

  test('holds any text, but for what XML can not say', () => {
    const { testsuite } = suitesOf(junitReport(report(calls(call(1, HARD)))));
    const { message, '#text': text } = testsuite[1]?.testcase?.[0]?.failure ?? { message: '', '#text': '' };
    expect(message).toContain(`]]> <b a="1">'&amp; | \`code\``);
    expect(text).toContain('😀');
    // eslint-disable-next-line no-control-regex -- they are what is looked for
    expect(text).not.toMatch(/[\u0000\u001b]/);
  });
});

describe('Markdown', () => {
  test('tells what was found, and what was exercised', () => {
    const text = markdownReport(report(calls(call(1)), calls(call(2)), true, 400));
    expect(text).toContain('## ❌ Contract of the export jobs API\n\n5 calls, 1 of them met a fault.');
    expect(text).toContain('| ❌ | listExportJobs: 400 | not exercised |');
    expect(text).toContain('### Unexpected violations: 1 call\n');
    expect(text).toContain('### Expected violations: 1 call\n');
    expect(text).toContain('| listExportJobs | 2 | **200**: 2, 400 |');
    expect(markdownReport(report())).toContain('## ✅');
  });

  test('tells of each call whose it was', () => {
    expect(markdownReport(report(calls(call(1))))).toContain('| call 1 of sandbox prod of o&#64;AdobeOrg |');
  });

  test('tells the newest hundred calls one by one', () => {
    const newest = Array.from({ length: 150 }, (_each, id) => call(id));
    const text = markdownReport(report({ count: 160, newest }));
    expect(text.match(/^\| listExportJobs \| It must/gm)).toHaveLength(100);
    expect(text).toContain('… and 60 earlier calls.');
  });

  test('holds any text in one cell, as text', () => {
    const lines = markdownReport(report(calls(call(1, HARD)))).split('\n');
    const row = lines.find((line) => line.includes('😀')) ?? '';
    expect(row.match(/(?<!&#\d*)\|/g)).toHaveLength(5);
    for (const markup of ['<b a', '**bold**', '`code`', '[link]', '&amp; ', '\u0000', '\u001b']) {
      expect(row).not.toContain(markup);
    }
  });
});

test('JSON holds the report as it is', () => {
  const told = report(calls(call(1, HARD)));
  expect(JSON.parse(jsonReport(told))).toEqual(JSON.parse(JSON.stringify(told)));
});
