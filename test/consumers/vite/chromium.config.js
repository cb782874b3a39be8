// The documented configuration, with a Chromium that is on the machine already and all that a page may do.
import config from './playwright.config.js';

export default {
  ...config,
  workers: 1,
  forbidOnly: true,
  use: {
    ...config.use,
    launchOptions: {
      executablePath: process.env.CHROMIUM,
      // Nothing is fetched from outside; a container's root has no sandbox.
      args: [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
};
