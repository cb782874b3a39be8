/** A short word, which would be found in ordinary text, and a text as short as this are no secrets. */
const WORD = /^[a-z]{1,7}$/i;
const SHORTEST_SECRET = 4;

/** The text without the secrets in it: what is sent may come back, in an error page as in JSON. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return redactor(secrets)(text);
}

/**
 * The value of a JSON text without the secrets in it. Its texts are looked at one by one, as JSON has more than one way to
 * write a secret; so are its numbers, which a secret may be a part of.
 * @throws SyntaxError when the text is no JSON; RangeError when it is too deep.
 */
export function jsonWithoutSecrets(text: string, secrets: readonly string[]): unknown {
  const redact = redactor(secrets);
  const redacted = (value: unknown): unknown => {
    if (typeof value === 'string') return redact(value);
    if (typeof value === 'number') {
      const told = redact(String(value));
      return told === String(value) ? value : told;
    }
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(redacted);
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [redact(name), redacted(part)]));
  };
  return redacted(JSON.parse(text));
}

function redactor(secrets: readonly string[]): (text: string) => string {
  const found = secrets
    .filter((secret) => secret.length >= SHORTEST_SECRET && !WORD.test(secret))
    .flatMap(written)
    // One that begins as another would leave its end behind.
    .sort((one, other) => other.length - one.length);
  return (text) => found.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
}

/** The ways in which a text may come back. */
function written(secret: string): string[] {
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  const encoded = [form, encodeURIComponent(secret)];
  const lowerCased = encoded.map((text) => text.replace(/%../g, (octet) => octet.toLowerCase()));
  return [secret, ...encoded, ...lowerCased, JSON.stringify(secret).slice(1, -1)];
}
