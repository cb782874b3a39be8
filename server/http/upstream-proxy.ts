import { randomUUID } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Request, Response } from 'express';
import { createProxyServer } from 'httpxy';
import type { Pipeline } from '../pipeline/pipeline.js';
import type { ReceivedRequest } from '../pipeline/request.js';
import { upstreamLeadsBack, upstreamNotReached } from '../platform/errors.js';
import { allowCrossOrigin, deliver, type UpstreamProxy } from './app.js';

/** Headers of one connection alone (RFC 9110, section 7.6.1), besides those that `Connection` names. */
const CONNECTION_HEADERS = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade'];
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const RESPONSE_TIMEOUT_MS = 120_000;

/**
 * Forwards requests to another server below its path, and its responses back. They are none of this mock's: no contract
 * applies to them, and they are not recorded.
 * @param crossOrigin whether browsers may read the responses from any origin
 */
export function createUpstreamProxy(
  upstream: string,
  crossOrigin: boolean,
  pipeline: Pipeline,
): UpstreamProxy {
  const target = upstream.replace(/\/$/, '');
  const pseudonym = `aep-export-jobs-mock-${randomUUID()}`;
  const open = new Set<Response>();
  const share = crossOrigin ? allowCrossOrigin(METHODS) : undefined;
  const requests = new WeakMap<object, ReceivedRequest>();
  const proxy = createProxyServer({ target, changeOrigin: true, proxyTimeout: RESPONSE_TIMEOUT_MS });
  proxy.on('proxyRes', ({ headers }, _req, outgoing) => {
    const res = outgoing as Response;
    removeConnectionHeaders(headers);
    // Left out, httpxy would keep the client's connection open, whatever the client wants.
    headers.connection = res.shouldKeepAlive ? 'keep-alive' : 'close';
    if (crossOrigin) removeCrossOriginHeaders(headers);
    const request = requests.get(res);
    if (request) res.once('close', () => pipeline.logForwarded(request, res.statusCode));
  });
  return {
    async forward(req, res, incoming, request) {
      share?.(req, res, () => undefined);
      if (share && incoming.isPreflight) {
        deliver(res, req.method, pipeline.respondToPreflight(incoming, request));
        return;
      }
      if (req.get('via')?.includes(pseudonym)) {
        deliver(res, req.method, pipeline.rejectForwarded(incoming, request, upstreamLeadsBack(upstream)));
        return;
      }
      if (req.headers.expect !== undefined) res.writeContinue();
      removeConnectionHeaders(req.headers, 'expect');
      open.add(res);
      res.once('close', () => open.delete(res));
      requests.set(res, request);
      try {
        await proxy.web(req, res, { headers: getAddedHeaders(req, request, pseudonym) });
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        if (res.headersSent) res.destroy();
        else {
          deliver(
            res,
            req.method,
            pipeline.rejectForwarded(incoming, request, upstreamNotReached(upstream, code ?? message)),
          );
        }
      }
    },
    close() {
      for (const res of open) res.destroy();
    },
  };
}

function getAddedHeaders(
  req: Request,
  { requestId, target: { address } }: ReceivedRequest,
  pseudonym: string,
): Record<string, string> {
  const via = req.get('via');
  return {
    'x-request-id': requestId,
    via: `${via === undefined ? '' : `${via}, `}1.1 ${pseudonym}`,
    ...(address && { 'x-gw-ims-org-id': address.org, 'x-sandbox-name': address.name }),
  };
}

function removeConnectionHeaders(headers: IncomingHttpHeaders, ...others: string[]): void {
  const named = headers.connection?.split(',').map((name) => name.trim().toLowerCase()) ?? [];
  for (const name of [...others, ...CONNECTION_HEADERS, ...named]) Reflect.deleteProperty(headers, name);
}

/** What the other server tells browsers is for pages beside it, not for those beside the mock. */
function removeCrossOriginHeaders(headers: IncomingHttpHeaders): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith('access-control-')) Reflect.deleteProperty(headers, name);
  }
}
