import { sentValue } from './contract-violations.js';

/** A rejected value, as messages repeat it: "… is <this>; allowed is …". */
export function formatValue(value: unknown): string {
  if (value === '') return 'empty';
  if (typeof value === 'string') return JSON.stringify(sentValue(value));
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return 'an array';
  return isObject(value) ? 'an object' : String(value);
}

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export { formatValue as shown };
