import { ownContract } from '../../contract/contract-document.js';

// As the build has written them, which the mock reads too: each is then read and compiled once in a file of tests.

/** The contract of the API that is mocked. */
export const CONTRACT_FILE = ownContract('openapi');
/** The contract of the control plane. */
export const CONTROL_FILE = ownContract('control');
/** The contract of the endpoint for tokens. */
export const IMS_FILE = ownContract('ims');
