// How long an attempt may stay as it is before somebody looks. Knows neither clock nor database.

/** Beyond this age of its claim a process does not ask the carrier any more: others may look at the attempt by then. */
export const SEND_WITHIN_MS = 15_000;
/** More than SEND_WITHIN_MS and the 4 s that the carrier has to answer: by then nobody sends any more. */
export const CLAIM_LOOK_MS = 30_000;
/** The carrier lists a call of this age, if there is one. */
export const VOID_AFTER_MS = 60_000;
/** Of this process and the database, which all share. NTP keeps machines within some 100 ms. */
export const CLOCKS_MAY_DIFFER_MS = 3_000;
/** Whole seconds, and the way of an answer. */
export const ROUNDED_MS = 1_500;
/**
 * So long before its claim a call may seem to have been taken: whoever claimed it, and whoever looks, may be apart from the
 * database to either side. A call that is not found would be dialled again.
 */
export const CLOCKS_APART_MS = 2 * CLOCKS_MAY_DIFFER_MS + ROUNDED_MS;
/** Most calls have been answered or given up by then; of others the carrier says that they still ring, or wait. */
export const RINGING_LOOK_MS = 120_000;
/** Most talks are over by then. */
export const ANSWERED_LOOK_MS = 600_000;
/** What else is told of a call comes within so long of its last status. */
export const SETTLE_AFTER_MS = 3_000;
/** Whoever took it in hand and died is followed by another. */
export const LEASE_MS = 30_000;
/** Asked again, where a rule does not say when. */
export const ASK_AGAIN_MS = 900_000;
