import type { Logger } from 'pino';
import type { Callers } from './callers.js';
import type { Contract } from '../contract/contract.js';
import { controlApi } from './apis/control/api.js';
import { countedUuids } from './sandbox/random.js';
import { guarded } from './auth/admin-guard.js';
import type { Api } from './pipeline/api.js';
import { createApp, type App } from './http/app.js';
import { exportJobsApi } from './apis/segmentation/api.js';
import { Listener } from './http/listener.js';
import { methodsOf } from './pipeline/methods.js';
import { checker, replier, type Tally } from './pipeline/reply.js';
import { refusalRecorder } from './http/malformed-requests.js';
import type { PassingOn } from './http/upstream.js';
import type { MockServerOptions } from './options.js';
import type { MockCore } from './programmatic-api.js';
import type { Beginning } from './sandbox/sandbox-origin.js';
import type { Sandboxes } from './sandbox/sandboxes.js';

export interface Served {
  contract: Contract;
  control: Contract;
  sandboxes: Sandboxes;
  callers: Callers;
  beginning: Beginning;
  core: MockCore;
  tally: Tally;
  randomSeed: string;
  passingOn: PassingOn | undefined;
  log: Logger;
}

/** Puts a mock behind HTTP: what answers calls, and what listens for them. */
export function serve(
  served: Served,
  options: MockServerOptions,
): { app: App; listener: Pick<Listener, 'url' | 'listen' | 'close' | 'breakOff'> } {
  const { contract, sandboxes, tally, randomSeed, log } = served;
  const checkRequestId = contract.schema('RequestId');
  const makeRequestId = countedUuids(`${randomSeed}\nrequests`);
  const checked = checker(contract, log, tally);
  const reply = replier(checked, log);
  const apis = apisOf(served, options);
  const app = createApp({
    apis,
    makeRequestId,
    isRequestId: (text) => checkRequestId(text).length === 0,
    reply,
    passOn: served.passingOn?.handlers(reply, log),
    log,
  });
  const methods = methodsOf(contract.operations);
  const { cors: crossOrigin = true } = options;
  const recordRefusal = refusalRecorder(apis);
  const listener = new Listener({ app, makeRequestId, checked, log, methods, crossOrigin, recordRefusal });
  return {
    app,
    listener: {
      get url() {
        return listener.url;
      },
      listen: (port, host) => listener.listen(port, host),
      close: () => {
        // Calls that wait for a job would be waited for.
        sandboxes.close();
        served.passingOn?.close();
        return listener.close();
      },
      breakOff: () => listener.breakOff(),
    },
  };
}

/** The API that is mocked, and what is served beside it. */
function apisOf(
  { contract, control, sandboxes, callers, core, beginning }: Served,
  options: MockServerOptions,
): Api[] {
  const { cors: crossOrigin = true } = options;
  const { scenarios, faults } = beginning;
  const { operations } = core;
  const admit = callers.gateway(sandboxes);
  const names = { scenarioNames: scenarios.names, faults };
  return [
    exportJobsApi({ contract, operations, sandboxes, admit, crossOrigin, ...names }),
    callers.tokenApi,
    guarded(controlApi(control, core), options),
  ];
}
