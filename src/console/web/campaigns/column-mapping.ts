/** `Handy = phone`, one a line; nothing behind the = leaves the column out. A line without one says nothing. */
export const mappingOf = (text: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const at = line.lastIndexOf('=');
      const column = line.slice(0, at).trim();
      return at < 0 || column === '' ? [] : [[column, line.slice(at + 1).trim()]];
    }),
  );
