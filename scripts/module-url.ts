import { pathToFileURL } from 'node:url';

/** What `import.meta.url` is in a module of CommonJS. It is taken into those alone that ask for it. */
export const moduleUrl = pathToFileURL(__filename).href;
