import type { components } from '../../../generated/openapi.js';

type Schemas = components['schemas'];

/** The least and the most. */
export type Range = [least: number, most: number];

/** Values of which one with twice the weight comes up twice as often. */
export type Weighted<T> = { value: T; weight: number }[];

/** An error of a job. Its texts may name `{jobId}`, `{datasetId}` and `{computeJobId}`. */
export interface DemoError {
  code: string;
  msg: string;
  /** Line by line. */
  callStack: string[];
}

export interface DemoSegment {
  name: string;
  id: string;
  namespace: string;
  /** One of the names in `mergePolicies`. */
  mergePolicy: string;
}

/** What the demo jobs are made of. */
export interface DemoMaterial {
  /** How many jobs there are. */
  count: number;
  /** How long before now the first of them was created. */
  days: number;
  firstId: number;
  /** How many of the newest jobs have not finished, and within how many hours before now they were created. */
  unfinished: { hours: number; processing: number; new: number };
  /** In seconds: until a job is processed, from its creation to its end, and from the end of the export to its end. */
  seconds: Record<'waiting' | 'run' | 'closing', Range>;
  /** From 0 (never) to 1 (always). Those named as a property of the contract: that a job has it. */
  chances: Record<Chance, number>;
  /** The most profiles that a job exported. */
  mostProfiles: number;
  /** How far a filter by time looks back, in days. */
  lookBackDays: number[];
  profileInstanceIds: string[];
  /** `schema` is the name of the dataset's schema. */
  datasets: { name: string; id: string; schema: string }[];
  mergePolicies: Record<string, Schemas['MergePolicy']>;
  segments: DemoSegment[];
  segmentStatuses: Weighted<Schemas['SegmentStatuses']>;
  fields: string[];
  eventFields: string[];
  /** `share`: how many of the exported profiles have an identity of the namespace, from 0 to 1. */
  namespaces: { name: string; share: Range }[];
  /** The errors of jobs that failed before any profile was exported. */
  failuresBeforeExport: Weighted<DemoError[]>;
  /** The errors of jobs that failed later. */
  failures: Weighted<DemoError[]>;
  /** The errors of jobs that succeeded all the same. */
  troubles: Weighted<DemoError[]>;
}

export type Chance =
  | 'failed'
  | 'failedBeforeExport'
  | 'succeededWithErrors'
  | 'streaming'
  | 'fields'
  | 'filter'
  | 'segments'
  | 'severalSegments'
  | 'segmentPerBatch'
  | 'segmentQualificationTime'
  | 'qualificationEnd'
  | 'fromIngestTimestamp'
  | 'emptyProfiles'
  | 'eventList'
  | 'toIngestTimestamp'
  | 'mergePolicy'
  | 'datasetWriteTime'
  | 'pushJob'
  | 'counters'
  | 'namespaceCounters'
  | 'nothingExported'
  | 'requestIdIsToken';
