// Texts of a profile with {{variables}} in them, and what the variables stand for on one call. Knows nothing of files.

export const variableNames = ['caller', 'called', 'date', 'time', 'profile'] as const;
export type VariableName = (typeof variableNames)[number];
export type Values = Readonly<Record<VariableName, string>>;

/** Two opening braces and, when they are closed, what stands between. */
const VARIABLE = /\{\{(?:([^{}]*)\}\})?/g;

const isName = (text: string): text is VariableName => (variableNames as readonly string[]).includes(text);

/** What is wrong with the variables of a text, in words for its author; empty when nothing is. */
export const variableFaults = (text: string): string[] =>
  [...text.matchAll(VARIABLE)].flatMap(([written, inside]) => {
    if (inside === undefined) return [`"${written}" opens a variable that is never closed with "}}"`];
    return isName(inside.trim())
      ? []
      : [`there is no variable "${written}"; there are ${variableNames.join(', ')}`];
  });

/** Puts the values in, once: what looks like a variable inside a value stays as it is. */
export const fillVariables = (text: string, values: Values): string =>
  text.replaceAll(VARIABLE, (written, inside: string | undefined) => {
    const name = inside?.trim();
    return name !== undefined && isName(name) ? values[name] : written;
  });

interface Speaker {
  readonly name: string;
  readonly language: string;
  readonly timeZone: string;
}

/** `caller` and `called`: E.164 or what the carrier knows; date and time as said where the profile is at home. */
export function valuesFor(
  { name, language, timeZone }: Speaker,
  { caller, called, epochMs }: { caller: string; called: string; epochMs: number },
): Values {
  const said = (style: Intl.DateTimeFormatOptions): string =>
    new Intl.DateTimeFormat(language, { ...style, timeZone }).format(epochMs);
  return {
    caller,
    called,
    profile: name,
    date: said({ dateStyle: 'full' }),
    time: said({ timeStyle: 'short' }),
  };
}
