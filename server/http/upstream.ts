import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { createProxyServer } from 'httpxy';
import type { Logger } from 'pino';
import { upstreamLeadsBack, upstreamNotReached } from '../platform/errors.js';
import { crossOrigin } from './cross-origin.js';
import { exchangeOf } from '../pipeline/exchange.js';
import { finish, type Reply } from '../pipeline/reply.js';

export interface Upstream {
  /** The address of another server: calls are passed on below its path. */
  upstream: string;
  /** The path that is the mock's own, with all that is below it. */
  keptPath: string;
  /** Whether browsers may read the answers from any origin. */
  crossOrigin: boolean;
}

export interface PassingOn {
  /** Makes the handlers that pass calls on; `reply` sends what the mock has to say of them itself. */
  handlers(reply: Reply, log: Logger): RequestHandler[];
  /** Breaks off what was passed on and is not answered yet: some answers, as those of events, never end by themselves. */
  close(): void;
}

/** Fields of one connection alone (RFC 9110, section 7.6.1), besides those that `Connection` names. */
const OF_ONE_CONNECTION = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const LONGEST_ANSWER_IN_MS = 120_000;

/**
 * Passes calls on to another server, and its answers back. They are none of this mock's: no contract is held to them, and
 * they are not recorded.
 */
export function passingOn({ upstream, keptPath, ...options }: Upstream): PassingOn {
  const target = upstream.replace(/\/$/, '');
  const pseudonym = `aep-export-jobs-mock-${randomUUID()}`;
  const open = new Set<Response>();
  const isKept = (path: string) => path === keptPath || path.startsWith(`${keptPath}/`);
  const handlers: PassingOn['handlers'] = (reply, log) => {
    const proxy = createProxyServer({ target, changeOrigin: true, proxyTimeout: LONGEST_ANSWER_IN_MS });
    proxy.on('proxyRes', ({ headers }, _req, res) => {
      ofOurConnection(headers, res);
      if (options.crossOrigin) withoutSharing(headers);
      const exchange = exchangeOf(res as Response);
      res.once('close', () =>
        finish(log, exchange, { status: res.statusCode, headers: {}, text: undefined }),
      );
    });
    const forward: RequestHandler = (req, res, next) => {
      if (req.get('via')?.includes(pseudonym)) throw upstreamLeadsBack(upstream);
      // There is nobody else to let its body come.
      if (req.headers.expect !== undefined) res.writeContinue();
      withoutConnection(req.headers, 'expect');
      const headers = addedHeaders(req, res, pseudonym);
      open.add(res);
      res.once('close', () => open.delete(res));
      proxy.web(req, res, { headers }).catch((error: unknown) => {
        if (res.headersSent) res.destroy();
        else next(upstreamNotReached(upstream, reasonOf(error)));
      });
    };
    const share = options.crossOrigin ? crossOrigin(METHODS, reply) : [];
    return [...share, forward].map((handle) => (req, res, next) => {
      if (isKept(req.path)) next();
      else void handle(req, res, next);
    });
  };
  return {
    handlers,
    close: () => {
      for (const res of open) res.destroy();
    },
  };
}

function addedHeaders(req: Request, res: Response, pseudonym: string): Record<string, string> {
  const { requestId, address } = exchangeOf(res);
  const via = req.get('via');
  return {
    'x-request-id': requestId,
    via: `${via === undefined ? '' : `${via}, `}1.1 ${pseudonym}`,
    ...(address && { 'x-gw-ims-org-id': address.org, 'x-sandbox-name': address.name }),
  };
}

function withoutConnection(headers: IncomingHttpHeaders, ...others: string[]): void {
  const named = headers.connection?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
  for (const name of [...others, ...OF_ONE_CONNECTION, ...named]) Reflect.deleteProperty(headers, name);
}

/** Has an answer speak of the connection to the caller: left out, httpxy would keep that open, whatever the caller wants. */
function ofOurConnection(headers: IncomingHttpHeaders, { shouldKeepAlive }: ServerResponse): void {
  withoutConnection(headers);
  headers.connection = shouldKeepAlive ? 'keep-alive' : 'close';
}

/** What it says to browsers of who may read its answers is for pages beside it, not for those beside the mock. */
function withoutSharing(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith('access-control-')) Reflect.deleteProperty(headers, name);
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
