import { defineConfig } from 'vite';

const { AEP_MOCK_URL = 'http://127.0.0.1:4010', AEP_TOKEN = 'any', AEP_API_KEY = 'any' } = process.env;

const service = {
  target: AEP_MOCK_URL,
  changeOrigin: true,
  headers: {
    Authorization: `Bearer ${AEP_TOKEN}`,
    'x-api-key': AEP_API_KEY,
    'x-gw-ims-org-id': '1BD6382559DF0C130A49422D@AdobeOrg',
    'x-sandbox-name': 'prod',
  },
};

export default defineConfig({
  server: { proxy: { '/data/core/ups': service, '/as': service } },
});
