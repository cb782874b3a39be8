import type { Client } from 'openapi-fetch';
import type { paths } from '../../generated/openapi.js';

const ONE = '/export/jobs/{exportJobId}';
const BODY = { destination: { datasetId: 'dataset' }, schema: { name: 'schema' } };
const SEGMENT = { segmentId: 'segment' };

/** Calls by openapi-fetch, and those that do not compile. Of a property in a body that is not known it says nothing. */
export const refusedCalls = (client: Client<paths>): unknown[] => [
  // @ts-expect-error there is no such path
  client.GET('/export/job'),
  // @ts-expect-error there is no such method at this path
  client.PUT('/export/jobs', { body: BODY }),
  // @ts-expect-error nor at this one
  client.POST(ONE, { params: { path: { exportJobId: 1 } }, body: BODY }),

  client.GET('/export/jobs', { params: { query: { limit: 1, offset: '1_1', status: 'NEW' } } }),
  // @ts-expect-error the query parameter is not known
  client.GET('/export/jobs', { params: { query: { limt: 1 } } }),
  // @ts-expect-error it is a text
  client.GET('/export/jobs', { params: { query: { limit: '1' } } }),
  // @ts-expect-error the list can not be filtered by it
  client.GET('/export/jobs', { params: { query: { status: 'PROCESSING' } } }),
  // @ts-expect-error a GET has no body
  client.GET('/export/jobs', { body: BODY }),

  client.GET(ONE, { params: { path: { exportJobId: 1 } } }),
  // @ts-expect-error the id is missing
  client.GET(ONE),
  // @ts-expect-error the id is missing
  client.GET(ONE, { params: { path: {} } }),
  // @ts-expect-error it is a text
  client.GET(ONE, { params: { path: { exportJobId: '1' } } }),
  // @ts-expect-error it has no query
  client.GET(ONE, { params: { path: { exportJobId: 1 }, query: { limit: 1 } } }),
  // @ts-expect-error a GET has no body
  client.GET(ONE, { params: { path: { exportJobId: 1 } }, body: BODY }),

  client.DELETE(ONE, { params: { path: { exportJobId: 1 } } }),
  // @ts-expect-error the id is missing
  client.DELETE(ONE),
  // @ts-expect-error a DELETE has no body
  client.DELETE(ONE, { params: { path: { exportJobId: 1 } }, body: {} }),

  client.POST('/export/jobs', { body: BODY, params: { header: { 'x-profile-instance-id': 'ups' } } }),
  // @ts-expect-error the body is missing
  client.POST('/export/jobs'),
  // @ts-expect-error the schema is missing
  client.POST('/export/jobs', { body: { destination: BODY.destination } }),
  // @ts-expect-error it is a number
  client.POST('/export/jobs', { body: { ...BODY, fields: 5 } }),
  // @ts-expect-error none of its values
  client.POST('/export/jobs', { body: { ...BODY, filter: { segments: [{ ...SEGMENT, status: ['in'] }] } } }),
  // @ts-expect-error it is a number
  client.POST('/export/jobs', { body: BODY, params: { header: { 'x-request-id': 5 } } }),
];
