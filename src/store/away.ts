// What a failed statement says of the database: that it is away, so that the same may succeed later, or that what was
// asked for is at fault.

/**
 * Of PostgreSQL's codes (postgresql.org, Error Codes) three classes blame the values: data exception, integrity constraint
 * violation, program limit exceeded. Every other, and every loss of the connection, passes: a full disk, a server that
 * restarts, a replica that has not taken over yet, a right that was taken away.
 */
const BLAMES_VALUES = /^(22|23|54)...$/;

export function isDatabaseAway(thrown: unknown): boolean {
  if (thrown instanceof TypeError || thrown instanceof RangeError) return false;
  const code = (thrown as { code?: unknown } | null)?.code;
  return !(typeof code === 'string' && BLAMES_VALUES.test(code));
}

/** Asked for without waiting (`nowait`), and somebody else has the lock: 55P03, lock_not_available. */
export const isHeldByOthers = (thrown: unknown): boolean =>
  (thrown as { code?: unknown } | null)?.code === '55P03';
