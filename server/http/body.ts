import express, { type ErrorRequestHandler, type RequestHandler } from 'express';
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

const parseJson = express.json({
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

/** Gives the errors of express.json the form of the catalogue. */
const translateError: ErrorRequestHandler = (
  error: Error & { type?: string; status?: number },
  _req,
  _res,
  next,
) => {
  switch (error.type) {
    case 'entity.too.large':
      next(bodyTooLarge());
      return;
    case 'entity.parse.failed':
      next(bodyNotJson(error.message));
      return;
    case 'charset.unsupported':
      next(mediaTypeNotSupported(`The charset is not supported: ${error.message}.`, 'utf-8'));
      return;
    case 'encoding.unsupported':
      next(
        mediaTypeNotSupported(
          `The content encoding is not supported: ${error.message}.`,
          'gzip, deflate, br',
        ),
      );
      return;
    case 'request.aborted':
    case 'request.size.invalid':
      next(bodyCutShort());
      return;
    default:
      // zlib's errors have a status and no type.
      next(error.status === 400 ? bodyCutShort() : error);
  }
};

/** Reads the body of a call as JSON. */
export const readBody = [needJson, parseJson, needBody, translateError];

/** Passes over whatever body a call has that needs none (RFC 9110, section 9.3.1: it has no meaning). */
export const ignoreBody: RequestHandler = (req, _res, next) => {
  delete req.headers['content-type'];
  next();
};
