// Text and JSON that PostgreSQL takes, of what people, carriers and models say. Knows nothing of sizes.

/** PostgreSQL has no character 0 in text, and no half of a surrogate pair in JSON (postgresql.org/docs/18, datatype-json). */
export const storable = (text: string): string =>
  (text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text).toWellFormed();

/** As JSON.stringify writes what PostgreSQL does not take; where it stands behind another backslash, it is looked at in vain. */
const UNSTORABLE = /\\u0000|\\ud[89a-f]/;

/** Names of fields too. `undefined` is left out, as JSON does. */
export function storableJsonText(value: unknown): string {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? madeStorable(value) : text;
}

const madeStorable = (value: unknown): string =>
  JSON.stringify(value, (_name, inner: unknown) => {
    if (typeof inner === 'string') return storable(inner);
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    // Unlike an assignment this makes a plain field of `__proto__`.
    return Object.fromEntries(
      Object.entries(inner).map(([name, field]) => [storable(name), field as unknown]),
    );
  });
