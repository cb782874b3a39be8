/** How much of a call the mock takes. No source says: assumed. */

export const LARGEST_BODY_IN_BYTES = 1024 * 1024;

/** Of the control plane, which takes the whole state of a sandbox. */
export const LARGEST_STATE_IN_BYTES = 64 * 1024 * 1024;

/** The target of a request and the names and values of its headers together. */
export const LARGEST_HEADERS_IN_BYTES = 16 * 1024;

/** From the first byte of a request to its last. */
export const LONGEST_REQUEST_IN_SECONDS = 30;
