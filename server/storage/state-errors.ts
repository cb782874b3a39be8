/** Stored state is damaged, or not this mock's. The message names the file, what is wrong and what to do. */
export class StateError extends Error {
  override readonly name = 'StateError';
}

/** State cannot be kept in a directory now: another process has it, or the system refuses. The message says which. */
export class StateUnavailableError extends Error {
  override readonly name = 'StateUnavailableError';
}
