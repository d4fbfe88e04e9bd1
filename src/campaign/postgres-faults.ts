// Which faults of the database mean something here.

/** postgresql.org, Error Codes: unique_violation. */
export const isUniqueViolation = (thrown: unknown): boolean =>
  (thrown as { code?: unknown } | null | undefined)?.code === '23505';
