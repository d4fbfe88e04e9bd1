// `{{tool.path.to.field | otherwise}}` in a script's text: what a tool answered, put into what the agent says or asks for.

const QUOTE = /\{\{\s*([^{}|]+?)\s*(?:\|\s*([^{}]*?)\s*)?\}\}/g;

function valueAt(from: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? (value as Record<string, unknown>)[key]
        : undefined,
    from,
  );
}

/** `answers`: the last response of every tool, by its name. What is absent becomes the text after `|`, or nothing. */
export function quote(text: string, answers: ReadonlyMap<string, unknown>): string {
  return text.replaceAll(QUOTE, (_, dotted: string, otherwise?: string) => {
    const [tool = '', ...path] = dotted.split('.');
    const value = valueAt(answers.get(tool), path);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      return String(value);
    return otherwise ?? '';
  });
}

const DATE = /\{\{\s*today(?:\s*\+\s*(\d{1,4}))?\s*\}\}/g;
const DAY_MS = 86_400_000;

/** In the arguments of a call, wherever a text stands: the same, and `{{today+7}}` as a date such as 2026-11-30 (UTC). */
export function quoteAll(value: unknown, answers: ReadonlyMap<string, unknown>, epochMs: number): unknown {
  if (typeof value === 'string') {
    const dated = value.replaceAll(DATE, (_, days = '0') =>
      new Date(epochMs + Number(days) * DAY_MS).toISOString().slice(0, 10),
    );
    return quote(dated, answers);
  }
  if (Array.isArray(value)) return value.map((one) => quoteAll(one, answers, epochMs));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [key, quoteAll(one, answers, epochMs)]),
  );
}
