// Facts about a record, which Salesforce has no place for: lines under a heading in its Description. What else stands
// there was written by the staff for the staff: it is neither told to callers nor changed.

export type Facts = Readonly<Record<string, string>>;

export const HEADING = 'To be told on the phone:';

/** From the heading to the next empty line. */
const BLOCK = new RegExp(`^${HEADING}[^\\S\\n]*\\n((?:[^\\n]*\\S[^\\n]*(?:\\n|$))*)`, 'm');
const LINE = /^([^:]+):\s*(.*)$/;

export function factsIn(description: string | null | undefined): Facts {
  const block = BLOCK.exec(unixLines(description))?.[1] ?? '';
  return Object.fromEntries(
    block.split('\n').flatMap((line) => {
      const [, name, value] = LINE.exec(line.trim()) ?? [];
      return name === undefined || value === undefined ? [] : [[name.trim(), value]];
    }),
  );
}

/** The description with these facts beside those that it has; one of the same name is replaced. */
export function withFacts(description: string | null | undefined, facts: Facts): string {
  const text = unixLines(description);
  const lines = Object.entries({ ...factsIn(text), ...facts }).map(
    ([name, value]) => `${oneLine(name).replaceAll(':', ' -')}: ${oneLine(value)}`,
  );
  const block = `${HEADING}\n${lines.join('\n')}\n`;
  if (BLOCK.test(text)) return text.replace(BLOCK, () => block).trimEnd();
  return `${text.trimEnd()}\n\n${block}`.trim();
}

/** Salesforce keeps line ends as Windows writes them. */
const unixLines = (text: string | null | undefined): string => (text ?? '').replaceAll(/\r\n?/g, '\n');
/** Without line breaks and what no field can hold. */
export const oneLine = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
