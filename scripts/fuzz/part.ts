/** A part of a call, and the statuses that it is refused with. */
export interface Part<T> {
  value: T;
  refusals: number[];
}
export type Headers = [name: string, value: string][];

export const right = <T>(value: T): Part<T> => ({ value, refusals: [] });
