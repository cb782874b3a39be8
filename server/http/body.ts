import express, { type RequestHandler } from 'express';
import {
  bodyCutShort,
  bodyMissing,
  bodyNotJson,
  bodyTooLarge,
  contentTypeNotUsable,
  mediaTypeNotSupported,
} from '../domain/errors.js';
import { LARGEST_BODY_IN_BYTES } from '../domain/limits.js';

const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;

const needJson: RequestHandler = (req, _res, next) => {
  if (!JSON_MEDIA_TYPE.test(req.headers['content-type'] ?? '')) throw contentTypeNotUsable();
  next();
};

const expressJson = express.json({
  limit: LARGEST_BODY_IN_BYTES,
  // What the value must be is the contract's to say.
  strict: false,
  type: () => true,
  // express.json makes an empty body an empty object; this tells the two apart.
  verify: (_req, res, bytes) => {
    (res as express.Response).locals['bodyIsEmpty'] = bytes.length === 0;
  },
});

const needBody: RequestHandler = (req, res, next) => {
  if (res.locals['bodyIsEmpty'] !== false) throw bodyMissing();
  // The validator keeps what it compiles by the content type as sent, without bound.
  req.headers['content-type'] = 'application/json';
  next();
};

/** express.json, with its errors in the form of the catalogue. */
const parseJson: RequestHandler = (req, res, next) => {
  expressJson(req, res, (error?: unknown) => {
    next(error === undefined ? undefined : translated(error as ParserError));
  });
};

type ParserError = Error & { type?: string; status?: number };

function translated(error: ParserError): Error {
  switch (error.type) {
    case 'entity.too.large':
      return bodyTooLarge();
    case 'entity.parse.failed':
      return bodyNotJson(error.message);
    case 'charset.unsupported':
      return mediaTypeNotSupported(`The charset is not supported: ${error.message}.`, 'utf-8');
    case 'encoding.unsupported':
      return mediaTypeNotSupported(
        `The content encoding is not supported: ${error.message}.`,
        'gzip, deflate, br',
      );
    case 'request.aborted':
    case 'request.size.invalid':
      return bodyCutShort();
    default:
      // zlib's errors have a status and no type.
      return error.status === 400 ? bodyCutShort() : error;
  }
}

/** Reads the body of a call as JSON. */
export const readBody = [needJson, parseJson, needBody];

/** Passes over whatever body a call has that needs none (RFC 9110, section 9.3.1: it has no meaning). */
export const ignoreBody: RequestHandler = (req, _res, next) => {
  delete req.headers['content-type'];
  next();
};
