import { isObject } from '../shown.js';

const REDACTED = '[redacted]';
const SECRET_NAME = /secret|token|passw|credential|authorization|api[-_]?key/i;
/** What a header of a caller is made of, and a JSON Web Token, wherever they stand. */
const SECRETS = [/(?<=bearer(?:\s|%20|\+))[^\s&]+/gi, /\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g];
/** What a parser repeats of a body that is no JSON. */
const QUOTED = /"[^]{0,100}"(?= is not valid JSON)/;

/** A value without what its name, or the names within it, say to be a secret. */
export function redacted(value: unknown, name = ''): unknown {
  if (value !== undefined && value !== null && SECRET_NAME.test(name)) return REDACTED;
  if (typeof value === 'string') return redactedText(value);
  if (Array.isArray(value)) return value.map((each) => redacted(each));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, redacted(part, key)]));
}

/** What is said of a call, the same. */
export function redactedMessage(message: string): string {
  return redactedText(message.replace(QUOTED, REDACTED));
}

/** A path and query, the same. */
export function redactedUrl(url: string): string {
  const [path = '', ...queries] = url.split('?');
  const query = queries.join('?').split('&').map(withoutSecret).join('&');
  return redactedText(queries.length > 0 ? `${path}?${query}` : path);
}

function withoutSecret(parameter: string): string {
  const [name = '', ...value] = parameter.split('=');
  return value.length > 0 && SECRET_NAME.test(name) ? `${name}=${REDACTED}` : parameter;
}

function redactedText(text: string): string {
  return SECRETS.reduce((shown, secret) => shown.replace(secret, REDACTED), text);
}
