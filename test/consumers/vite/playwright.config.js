import { defineConfig } from '@playwright/test';

export default defineConfig({
  testMatch: '*.spec.js',
  use: { baseURL: 'http://127.0.0.1:5173' },
  webServer: [
    {
      command: 'npx aep-export-jobs-mock --port 4010 --memory --seed empty',
      url: 'http://127.0.0.1:4010/__admin/health',
    },
    { command: 'npx vite --port 5173 --host 127.0.0.1', url: 'http://127.0.0.1:5173' },
  ],
});
