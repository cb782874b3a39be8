/**
 * One thing that breaks the contract: what was wrong, where (a JSON pointer), what was sent and what is allowed. `rule` is
 * where the contract says so, as the URI fragment of a JSON pointer into its document; no response tells it.
 */
export interface Violation {
  message: string;
  pointer?: string;
  rule?: string;
  sent?: unknown;
  allowed?: string;
}
