import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { sentValue } from '../../contract/contract-violations.js';
import type { BodyFormat } from '../pipeline/api.js';
import type { RequestBody } from '../pipeline/request.js';
import {
  bodyCutShort,
  bodyMissing,
  bodyNotJson,
  bodyTooLarge,
  contentTypeNotUsable,
  contractViolated,
  MAX_BODY_BYTES,
  MAX_STATE_BYTES,
  mediaTypeNotSupported,
} from '../platform/errors.js';

const JSON_MEDIA_TYPE = /^application\/json\s*(?:;|$)/i;
const FORM_MEDIA_TYPE = 'application/x-www-form-urlencoded';
const OTHER_CHARSET = /;\s*charset\s*=\s*(?!"?utf-8"?\s*(?:;|$))([^;]*)/i;
const MAX_FORM_PARAMETERS = 1000;

type Parser = ReturnType<typeof express.json>;

/** How a parser of Express rejects a body. */
type ParserError = Error & { type?: string; status?: number; encoding?: string; limit?: number };

/** The bytes of bodies that were read here, and not by an app that the mock is mounted in. */
const readBytes = new WeakMap<object, Buffer>();

const JSON_OPTIONS: Parameters<typeof express.json>[0] = {
  // What the value must be is the contract's to say.
  strict: false,
  type: () => true,
  verify: (req, _res, bytes) => {
    readBytes.set(req, bytes);
    // Decoded all the same, what is not UTF-8 would become other text than was sent.
    if (!isUtf8(bytes)) throw new Error('The body is not UTF-8.');
  },
};

const parseJson = express.json({ ...JSON_OPTIONS, limit: MAX_BODY_BYTES });
const parseState = express.json({ ...JSON_OPTIONS, limit: MAX_STATE_BYTES });
const parseForm = express.urlencoded({
  extended: false,
  limit: MAX_BODY_BYTES,
  parameterLimit: MAX_FORM_PARAMETERS,
  type: () => true,
  verify: (req, _res, bytes) => void readBytes.set(req, bytes),
});

/** Reads the body of a request. Rejects with an ApiError for one that cannot be read. */
export async function readBody(req: Request, res: Response, format: BodyFormat): Promise<RequestBody> {
  const type = req.headers['content-type'] ?? '';
  switch (format) {
    case 'json': {
      if (!JSON_MEDIA_TYPE.test(type)) throw contentTypeNotUsable();
      if (OTHER_CHARSET.test(type)) throw createCharsetError(type);
      await parse(parseJson, MAX_BODY_BYTES, req, res);
      // express.json makes an empty body an empty object; its length tells the two apart.
      const body = getBody(req);
      if (body.byteLength === 0) throw bodyMissing();
      // The validator caches what it compiles by the content type as sent, without bound.
      req.headers['content-type'] = 'application/json';
      return body;
    }
    case 'optional-json':
      // Of whatever content type: curl sends another.
      await parse(parseState, MAX_STATE_BYTES, req, res);
      return getBody(req);
    case 'form':
      if (!new RegExp(`^${FORM_MEDIA_TYPE}\\s*(?:;|$)`, 'i').test(type)) {
        const message = 'The content type is not that of a form.';
        throw contractViolated([
          { message, pointer: '/headers/content-type', sent: type, allowed: FORM_MEDIA_TYPE },
        ]);
      }
      if (OTHER_CHARSET.test(type)) throw createCharsetError(type);
      await parse(parseForm, MAX_BODY_BYTES, req, res);
      return { ...getBody(req), value: toFormFields(req.body) };
  }
}

function createCharsetError(contentType: string): Error {
  return mediaTypeNotSupported('content-type', OTHER_CHARSET.exec(contentType)?.[1], 'utf-8');
}

/** Rejects what announces that it is too large before it is sent, and lets the rest come (RFC 9110, section 10.1.1). */
function parse(parser: Parser, limit: number, req: Request, res: Response): Promise<void> {
  if (Number(req.headers['content-length'] ?? 0) > limit) throw bodyTooLarge(limit);
  if (req.headers.expect !== undefined) res.writeContinue();
  return new Promise((resolve, reject) => {
    parser(req, res, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(toApiError(error as ParserError));
    });
  });
}

/** The error of the catalogue that says what a parser says. */
function toApiError(error: ParserError): Error {
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
    case 'parameters.too.many': {
      const message = 'The form has too many parameters.';
      return contractViolated([{ message, pointer: '/body', allowed: `at most ${MAX_FORM_PARAMETERS}` }]);
    }
    default:
      // zlib's errors have a status and no type.
      return error.status === 400 ? bodyCutShort() : error;
  }
}

function getBody(req: Request): RequestBody {
  const bytes = readBytes.get(req);
  const value = req.body as unknown;
  if (bytes) {
    const isEmpty = bytes.length === 0;
    return { value: isEmpty ? undefined : value, byteLength: bytes.length, getText: () => bytes.toString() };
  }
  if (value === undefined) return { value, byteLength: 0, getText: () => undefined };
  // The body was parsed by an app that the mock is mounted in: only that app knows how it was written.
  const text = stringify(value);
  return { value, byteLength: text === undefined ? 1 : Buffer.byteLength(text), getText: () => text };
}

function stringify(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    // It is nested too deeply, or is no JSON at all: the contract says so.
    return undefined;
  }
}

/** A parameter without a value counts as left out, and none may be repeated (RFC 6749, section 3.2). */
function toFormFields(body: unknown): object {
  const sent = Object.entries((body ?? {}) as Record<string, unknown>);
  const [repeated] = sent.find(([, value]) => typeof value !== 'string') ?? [];
  if (repeated !== undefined) {
    const message = `The parameter '${String(sentValue(repeated))}' is repeated.`;
    throw contractViolated([{ message, pointer: '/body', allowed: 'one value' }]);
  }
  return Object.fromEntries(sent.filter(([, value]) => value !== ''));
}
