import { isUtf8 } from 'node:buffer';
import express, { type RequestHandler } from 'express';
import {
  bodyCutShort,
  bodyMissing,
  bodyNotJson,
  bodyTooLarge,
  contentTypeNotUsable,
  mediaTypeNotSupported,
} from '../platform/errors.js';
import { LARGEST_BODY_IN_BYTES, LARGEST_STATE_IN_BYTES } from '../platform/limits.js';
import { exchangeOf } from '../pipeline/exchange.js';
import { keepBody, keepParsedBody } from '../pipeline/recording.js';

const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))([^;]*)/i;

const needJson: RequestHandler = (req, _res, next) => {
  const type = req.headers['content-type'] ?? '';
  if (!JSON_MEDIA_TYPE.test(type)) throw contentTypeNotUsable();
  needUtf8(type);
  next();
};

/** Refuses a content type that names another charset. */
export function needUtf8(contentType: string): void {
  const charset = OTHER_CHARSET.exec(contentType)?.[1];
  if (charset !== undefined) throw mediaTypeNotSupported('content-type', charset, 'utf-8');
}

/** Refuses what says that it is too large before it is sent, and lets the rest come (RFC 9110, section 10.1.1). */
const letBodyComeUpTo =
  (limit: number): RequestHandler =>
  (req, res, next) => {
    if (Number(req.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit);
    if (req.headers.expect !== undefined) res.writeContinue();
    next();
  };
export const letBodyCome = letBodyComeUpTo(LARGEST_BODY_IN_BYTES);

const PARSING: Parameters<typeof express.json>[0] = {
  // What the value must be is the contract's to say.
  strict: false,
  type: () => true,
  verify: (_req, res, bytes) => {
    // express.json makes an empty body an empty object; its length tells the two apart.
    const exchange = exchangeOf(res as express.Response);
    exchange.bodyInBytes = bytes.length;
    // Decoded all the same, what is not UTF-8 would be kept as other text than was sent.
    if (!isUtf8(bytes)) throw new Error('The body is not UTF-8.');
    keepBody(exchange, bytes);
  },
};

/** A body that may be left out is undefined when it is. */
const allowNoBody: RequestHandler = (req, res, next) => {
  const { bodyInBytes = req.body === undefined ? 0 : undefined } = exchangeOf(res);
  if (bodyInBytes === 0) req.body = undefined;
  next();
};

const needBody: RequestHandler = (req, res, next) => {
  // A body that somebody has read before us, where the mock is mounted in another app, is taken as it is.
  const exchange = exchangeOf(res);
  const { bodyInBytes = req.body === undefined ? 0 : undefined } = exchange;
  if (bodyInBytes === 0) throw bodyMissing();
  if (bodyInBytes === undefined) keepParsedBody(exchange, req.body);
  // The validator keeps what it compiles by the content type as sent, without bound.
  req.headers['content-type'] = 'application/json';
  next();
};

/** express.json, with its errors in the form of the catalogue. */
function parseJsonUpTo(limit: number): RequestHandler {
  const parse = express.json({ ...PARSING, limit });
  return (req, res, next) => {
    parse(req, res, (error?: unknown) => {
      next(error === undefined ? undefined : inCatalogue(error as ParserError));
    });
  };
}

/** How a parser of Express refuses a body. */
export type ParserError = Error & { type?: string; status?: number; encoding?: string; limit?: number };

/** The error of the catalogue that says the same. */
export function inCatalogue(error: ParserError): Error {
  switch (error.type) {
    case 'entity.too.large':
      return bodyTooLarge(error.limit);
    case 'entity.verify.failed':
    case 'entity.parse.failed':
      return bodyNotJson(error.message);
    case 'encoding.unsupported':
      return mediaTypeNotSupported('content-encoding', error.encoding, 'gzip, deflate, br');
    case 'request.aborted':
      return bodyCutShort();
    default:
      // zlib's errors have a status and no type.
      return error.status === 400 ? bodyCutShort() : error;
  }
}

/** Reads the body of a call as JSON. */
export const readBody = [needJson, letBodyCome, parseJsonUpTo(LARGEST_BODY_IN_BYTES), needBody];

/** Reads the body of a call as JSON, if it has one, of whatever content type: curl gives it another. */
export const readOptionalBody = [
  letBodyComeUpTo(LARGEST_STATE_IN_BYTES),
  parseJsonUpTo(LARGEST_STATE_IN_BYTES),
  allowNoBody,
];

/** Passes over whatever body a call has that needs none (RFC 9110, section 9.3.1: it has no meaning). */
export const ignoreBody: RequestHandler = (req, _res, next) => {
  delete req.headers['content-type'];
  next();
};
