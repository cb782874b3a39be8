import { isObject } from '../contract/format-value.js';

const REDACTED = '[redacted]';
const SECRET_NAME = /secret|token|passw|credential|authorization|api[-_]?key/i;
/** What a header of a caller is made of, and a JSON Web Token, wherever they stand. */
const SECRETS = [/(?<=bearer(?:\s|%20|\+))[^\s&]+/gi, /\beyJ[\w-]+\.[\w-]+(\.[\w-]*)?/g];
/** What V8 repeats of a body that is no JSON: all of a short one, or a part, with dots where more stands before or behind. */
const QUOTED = /(?:\.{3})?"[^]{0,100}"(?:\.{3})?(?= is not valid JSON)/;

/** A value without what its name, or the names within it, say to be a secret. */
export function redacted(value: unknown, name = ''): unknown {
  if (value !== undefined && value !== null && SECRET_NAME.test(name)) return REDACTED;
  if (typeof value === 'string') return redactedText(value);
  if (Array.isArray(value)) return value.map((each) => redacted(each));
  if (!isObject(value)) return value;
  const parts = Object.entries(value).map(([key, part]) => [redactedText(key), redacted(part, key)]);
  return Object.fromEntries(parts) as object;
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

/** Any text, without what looks like a secret of itself. */
export function redactedText(text: string): string {
  return SECRETS.reduce((shown, secret) => shown.replace(secret, REDACTED), text);
}
