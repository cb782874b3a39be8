import express, { type RequestHandler } from 'express';
import { sentValue } from '../../contract/contract-violations.js';
import { contractViolated } from '../platform/errors.js';
import { LARGEST_BODY_IN_BYTES } from '../platform/limits.js';
import { inCatalogue, letBodyCome, needUtf8, type ParserError } from './body.js';
import { exchangeOf } from '../pipeline/exchange.js';

const MEDIA_TYPE = 'application/x-www-form-urlencoded';
const MOST_PARAMETERS = 1000;

const needForm: RequestHandler = (req, _res, next) => {
  const sent = req.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded\s*(?:;|$)/i.test(sent)) {
    const message = 'The content type is not that of a form.';
    throw contractViolated([{ message, pointer: '/headers/content-type', sent, allowed: MEDIA_TYPE }]);
  }
  needUtf8(sent);
  next();
};

const expressForm = express.urlencoded({
  extended: false,
  limit: LARGEST_BODY_IN_BYTES,
  parameterLimit: MOST_PARAMETERS,
  type: () => true,
  verify: (_req, res, bytes) => {
    exchangeOf(res as express.Response).bodyInBytes = bytes.length;
  },
});

const parseForm: RequestHandler = (req, res, next) => {
  expressForm(req, res, (error?: unknown) => {
    next(error === undefined ? undefined : refusalOf(error as ParserError));
  });
};

function refusalOf(error: ParserError): Error {
  if (error.type !== 'parameters.too.many') return inCatalogue(error);
  const message = 'The form has too many parameters.';
  return contractViolated([{ message, pointer: '/body', allowed: `at most ${MOST_PARAMETERS}` }]);
}

/** A parameter without a value is as one that is left out, and none may be repeated (RFC 6749, section 3.2). */
const needSingles: RequestHandler = (req, _res, next) => {
  const sent = Object.entries((req.body ?? {}) as Record<string, unknown>);
  const [repeated] = sent.find(([, value]) => typeof value !== 'string') ?? [];
  if (repeated !== undefined) {
    const message = `The parameter '${String(sentValue(repeated))}' is repeated.`;
    throw contractViolated([{ message, pointer: '/body', allowed: 'one value' }]);
  }
  req.body = Object.fromEntries(sent.filter(([, value]) => value !== ''));
  next();
};

/** Reads the body of a call as a form, whose parameters become the properties of an object. */
export const readForm = [needForm, letBodyCome, parseForm, needSingles];
