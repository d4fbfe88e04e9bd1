// An event loop that is never late: whether a call is taken must not depend on what else the machine does.
import type { LoopLag } from '../../src/base/loop-lag.ts';

export const NEVER_LATE: LoopLag = { ms: 0, stop: () => undefined };
