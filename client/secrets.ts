/** A short word, which would be found in ordinary text, and a text as short as this are no secrets. */
const WORD = /^[a-z]{1,7}$/i;
const SHORTEST_SECRET = 4;

/** The text without the secrets in it: what is sent may come back, in an error page as in JSON. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return (
    secrets
      .filter((secret) => secret.length >= SHORTEST_SECRET && !WORD.test(secret))
      .flatMap(written)
      // One that begins as another would leave its end behind.
      .sort((one, other) => other.length - one.length)
      .reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text)
  );
}

/** The ways in which a text may come back. */
function written(secret: string): string[] {
  const form = new URLSearchParams({ '': secret }).toString().slice(1);
  const encoded = [form, encodeURIComponent(secret)];
  const lowerCased = encoded.map((text) => text.replace(/%../g, (octet) => octet.toLowerCase()));
  return [secret, ...encoded, ...lowerCased, JSON.stringify(secret).slice(1, -1)];
}
