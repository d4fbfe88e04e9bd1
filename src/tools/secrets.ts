// Secrets that a caller types on their keypad for a tool: the door. The model, which asks them to, never sees them.

export const SECRET_KINDS = ['card', 'pin', 'birth_date', 'digits'] as const;
/** `card`: checked as card numbers are · `birth_date`: a real day of the past · `digits`: any number. */
export type SecretKind = (typeof SECRET_KINDS)[number];

export interface SecretWish {
  readonly kind: SecretKind;
  /** Digits. Left out: as the kind has it. The same number twice: the last key ends the entry, and no # is needed. */
  readonly least?: number | undefined;
  readonly most?: number | undefined;
  /** What it is for, where a tool asks for several of a kind: failures are counted by it. Left out: by the kind. */
  readonly field?: string | undefined;
}

/**
 * `cancelled`: by the caller, who pressed # alone, or because nobody waits for the tool any more · `not-valid`: too short,
 * too long, or no such card or day · `elsewhere`: the caller is not on our line · `busy`: they are typing something else.
 */
export type SecretNone = 'cancelled' | 'timed-out' | 'not-valid' | 'hung-up' | 'elsewhere' | 'busy';

/** Of a birth date, `digits` is YYYYMMDD. `times`: so often nothing came of it, in this call and since it last came. */
export type SecretAnswer =
  { readonly digits: string } | { readonly none: SecretNone; readonly times: number };

/** What a tool is handed. Whoever got digits tells them to nobody but the service that they are for. */
export interface Secrets {
  /**
   * Waits for the caller to type, which does not count against the tool's own time. Rejects only for a kind that the tool has
   * not said it asks for.
   */
  ask(wish: SecretWish): Promise<SecretAnswer>;
}

/** The telephone's side of it. */
export interface SecretDesk {
  /** `monthFirst`: of a birth date. Nobody waits for it any more once `signal` fires. Never rejects. */
  ask(wish: SecretWish & { readonly monthFirst: boolean }, signal: AbortSignal): Promise<SecretAnswer>;
}

/** The digits that a secret of this kind may have: cards by ISO/IEC 7812, PINs by ISO 9564. */
export const DIGITS_OF: Readonly<Record<SecretKind, { readonly least: number; readonly most: number }>> = {
  card: { least: 12, most: 19 },
  pin: { least: 4, most: 12 },
  birth_date: { least: 8, most: 8 },
  digits: { least: 1, most: 32 },
};
