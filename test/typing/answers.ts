import { expectTypeOf } from 'expect-type';
import type {
  ContentTypeError,
  ExportJob,
  ExportJobStatus,
  FailedExportJob,
  FailedMetrics,
  GatewayError,
  JobError,
  NewExportJob,
  operations,
  ProcessingExportJob,
  ServiceError,
  StartedMetrics,
  SucceededExportJob,
  SucceededMetrics,
} from '../../generated/openapi.js';

// What the types say of answers. The compiler checks it; nothing of it runs.

/** The bodies of the errors that each operation declares, by their status. */
type ErrorBodies = {
  [Id in keyof operations]: {
    [
      Status in Exclude<keyof operations[Id]['responses'], 200 | 204>
    ]: operations[Id]['responses'][Status] extends {
      content: { 'application/json': infer Body };
    }
      ? Body
      : never;
  };
};

interface ErrorsOfAll {
  400: ServiceError | GatewayError;
  401: GatewayError;
  403: GatewayError;
  429: ServiceError;
  500: ServiceError;
  503: ServiceError;
}

interface ErrorsOfCreate extends Omit<ErrorsOfAll, 400> {
  400: ServiceError | GatewayError | ContentTypeError;
  413: ServiceError;
  415: ServiceError;
}

interface ErrorsOfOne extends ErrorsOfAll {
  404: ServiceError;
}

export function errorsAreTypedOnEachOperation(): void {
  expectTypeOf<ErrorBodies>().branded.toEqualTypeOf<{
    listExportJobs: ErrorsOfAll;
    createExportJob: ErrorsOfCreate;
    retrieveExportJob: ErrorsOfOne;
    cancelExportJob: ErrorsOfOne;
  }>();
}

export function statusNarrows(job: ExportJob): void {
  expectTypeOf(job.status).toEqualTypeOf<ExportJobStatus>();
  // @ts-expect-error a job that has not failed may have no errors
  expectTypeOf(job.errors).toEqualTypeOf<JobError[]>();
  switch (job.status) {
    case 'NEW':
      expectTypeOf(job).toEqualTypeOf<NewExportJob>();
      expectTypeOf(job.metrics).toEqualTypeOf<StartedMetrics>();
      expectTypeOf(job.computeGatewayJobId.exportJob).toEqualTypeOf<''>();
      // @ts-expect-error it can have none yet
      expectTypeOf(job.errors).toEqualTypeOf<JobError[]>();
      // @ts-expect-error it has not ended
      expectTypeOf(job.metrics.totalTime.endTimeInMs).toEqualTypeOf<number>();
      break;
    case 'PROCESSING':
      expectTypeOf(job).toEqualTypeOf<ProcessingExportJob>();
      expectTypeOf(job.metrics).toEqualTypeOf<StartedMetrics>();
      // @ts-expect-error it can have none yet
      expectTypeOf(job.errors).toEqualTypeOf<JobError[]>();
      break;
    case 'SUCCEEDED':
      expectTypeOf(job).toEqualTypeOf<SucceededExportJob>();
      expectTypeOf(job.metrics).toEqualTypeOf<SucceededMetrics>();
      expectTypeOf(job.metrics.profileExportTime.totalTimeInMs).toEqualTypeOf<number>();
      expectTypeOf(job.metrics.totalExportedProfileCounter).toEqualTypeOf<number | undefined>();
      expectTypeOf(job.errors).toEqualTypeOf<JobError[] | undefined>();
      break;
    case 'FAILED':
      expectTypeOf(job).toEqualTypeOf<FailedExportJob>();
      expectTypeOf(job.metrics).toEqualTypeOf<FailedMetrics>();
      expectTypeOf(job.errors).toEqualTypeOf<JobError[]>();
      // @ts-expect-error it may have failed before
      expectTypeOf(job.metrics.profileExportTime.totalTimeInMs).toEqualTypeOf<number>();
      break;
    default:
      expectTypeOf(job).toEqualTypeOf<never>();
  }
}

export function segmentPerBatchNarrows({ destination }: ExportJob): void {
  // @ts-expect-error it is there only where each segment has a batch of its own
  expectTypeOf(destination.batches).not.toBeAny();
  if (destination.segmentPerBatch) expectTypeOf(destination.batches).toBeArray();
  else expectTypeOf(destination.batchId).toEqualTypeOf<string>();
}
