// `{{tool.path.to.field | otherwise}}` in a script's text: what a tool answered, put into what the agent says.

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
