import cors from 'cors';
import type { RequestHandler } from 'express';
import type { Reply } from '../pipeline/reply.js';

const EXPOSED_HEADERS = [
  'x-request-id',
  'X-Location',
  'Preference-Applied',
  'Retry-After',
  'WWW-Authenticate',
  'Allow',
];

/** The headers (CORS) that let a browser read an answer from any origin. */
export const CROSS_ORIGIN_HEADERS = {
  'Access-Control-Allow-Origin': '*',
  'Access-Control-Expose-Headers': EXPOSED_HEADERS.join(','),
};

const TWO_HOURS_IN_SECONDS = 7200;

/** Lets browsers call from any origin, by these methods and with any headers, and answers their preflights. */
export function crossOrigin(methods: string[], reply: Reply): RequestHandler[] {
  const allow = cors({
    methods,
    exposedHeaders: EXPOSED_HEADERS,
    maxAge: TWO_HOURS_IN_SECONDS,
    preflightContinue: true,
  });
  const preflight: RequestHandler = (req, res, next) => {
    const isPreflight =
      req.method === 'OPTIONS' && req.get('origin') && req.get('access-control-request-method');
    if (isPreflight) reply(res, { status: 204 });
    else next();
  };
  return [allow, preflight];
}
