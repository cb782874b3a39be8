import { describe, expect, test } from '@jest/globals';
import request from 'supertest';
import { BASE, credentials, startMock } from '../support/mock.js';

const ORIGIN = { Origin: 'http://localhost:3000' };
const PREFLIGHT = {
  ...ORIGIN,
  'Access-Control-Request-Method': 'POST',
  'Access-Control-Request-Headers': 'authorization,x-api-key,x-gw-ims-org-id,x-sandbox-name,prefer',
};

describe('by default', () => {
  test('a preflight is answered before the gateway, and allows the headers it asks for', async () => {
    const { mock } = await startMock();
    const answer = await request(mock.app).options(`${BASE}/export/jobs`).set(PREFLIGHT);
    expect(answer.status).toBe(204);
    expect(answer.headers['access-control-allow-origin']).toBe('*');
    expect(answer.headers['access-control-allow-headers']).toBe(PREFLIGHT['Access-Control-Request-Headers']);
    expect(answer.headers['access-control-allow-methods']).toBe('GET,HEAD,POST,DELETE,OPTIONS');
    expect(answer.headers['access-control-max-age']).toBe('7200');
  });

  test('what is no preflight meets the gateway', async () => {
    const { mock } = await startMock();
    expect((await request(mock.app).options(`${BASE}/export/jobs`).set(ORIGIN)).status).toBe(403);
  });

  test('answers may be read from any origin, errors of the gateway too, and our headers with them', async () => {
    const { mock, get } = await startMock();
    for (const answer of [
      await get('/export/jobs', ORIGIN),
      await request(mock.app).get(`${BASE}/export/jobs`).set(ORIGIN),
    ]) {
      expect(answer.headers['access-control-allow-origin']).toBe('*');
      expect(answer.headers['access-control-expose-headers']).toBe(
        'x-request-id,X-Location,Preference-Applied,Retry-After,WWW-Authenticate,Allow',
      );
    }
  });

  test('the control plane is closed to other origins', async () => {
    const { mock } = await startMock();
    for (const headers of [ORIGIN, PREFLIGHT]) {
      const answer = await request(mock.app).options('/__admin/health').set(headers);
      expect(answer.status).toBe(403);
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

test('without CORS, no header of it is sent and a preflight meets the gateway', async () => {
  const { mock } = await startMock({ cors: false });
  const get = await request(mock.app)
    .get(`${BASE}/export/jobs`)
    .set({ ...credentials(), ...ORIGIN });
  expect(get.status).toBe(200);
  expect(get.headers['access-control-allow-origin']).toBeUndefined();
  expect((await request(mock.app).options(`${BASE}/export/jobs`).set(PREFLIGHT)).status).toBe(403);
});
