// Two fields of a profile that contradict each other. Knows no field by name, and no places in files.

export type Path = readonly (string | number)[];

export interface Contradiction {
  /** The field that is at fault. */
  readonly path: Path;
  /** The one that it goes against. */
  readonly against: { readonly path: Path; readonly says: string; readonly isWritten: boolean };
  readonly why: string;
}

export const contradiction = (
  path: Path,
  against: Path,
  says: string,
  why: string,
  isWritten = true,
): Contradiction => ({ path, against: { path: against, says, isWritten }, why });

/** As a file says that it wants none of something. */
export const isOff = (value: unknown): boolean => value === 'off' || value === false;
