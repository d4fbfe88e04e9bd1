// Why a WebSocket is closed (RFC 6455 §7.4.1).

export const NORMAL = 1000;
/** "Policy violation": it is not to be tried again as it was. */
export const REFUSED = 1008;
export const FAILED = 1011;
export const TRY_AGAIN_LATER = 1013;
