import { join } from 'node:path';
import { packageRoot } from '../../server/package-root.js';

/** The contract of the API that is mocked. */
export const CONTRACT_FILE = join(packageRoot, 'spec/openapi.yaml');
/** The contract of the control plane. */
export const CONTROL_FILE = join(packageRoot, 'spec/control.yaml');
/** The contract of the endpoint for tokens. */
export const IMS_FILE = join(packageRoot, 'spec/ims.yaml');
