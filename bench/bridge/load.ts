// The load: both ends of all calls in one process, so that one clock times every frame. Runs what the bench asks for over
// IPC and answers with what it saw. Knows nothing of the bridge's insides or of its cost.
import { setTimeout as after } from 'node:timers/promises';
import { Books } from './books.ts';
import { isOurs, type FromLoad, type Outcome, type Plan, type ToLoad } from './messages.ts';
import { ModelServer } from './model.ts';
import { Phone } from './phone.ts';
import { FRAME_MS } from './sound.ts';
import type { Speaker } from './speaker.ts';
import { Tally } from './tally.ts';

/** Apart enough that opening calls does not pile up. */
const OPEN_EVERY_MS = 10;
const OPEN_WITHIN_MS = 15_000;
/** Both sides go on so long before and after the window: code gets warm, and the window's edges are measured in full swing. */
const WARM_UP_MS = 2_000;
const GO_ON_MS = 100;
/** What is on its way arrives within this, or is missing. */
const ARRIVES_WITHIN_MS = 700;
const CLOSES_WITHIN_MS = 3_000;

const model = new ModelServer();
const tell = (news: FromLoad): void => void process.send?.(news);

interface Call {
  readonly phone: Phone;
  readonly speaker: Speaker;
  readonly books: Books;
}

process.on('message', ({ plan }: ToLoad) => {
  run(plan).then(
    (outcome) => tell({ type: 'done', outcome }),
    (thrown: unknown) =>
      tell({ type: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) }),
  );
});
process.on('disconnect', () => process.exit(0));
tell({ type: 'listening', port: await model.port() });

async function run(plan: Plan): Promise<Outcome> {
  const tally = new Tally();
  const calls: Call[] = [];
  // One timer for all calls; each catches up on its own.
  const ticking = setInterval(() => {
    const nowMs = performance.now();
    for (const { phone, speaker } of calls) {
      phone.tick(nowMs);
      speaker.tick(nowMs);
    }
  }, 1);
  try {
    await within(OPEN_WITHIN_MS, openAll(plan, tally, calls));
    await after(WARM_UP_MS);
    tell({ type: 'window', edge: 'opens' });
    tally.isOpen = true;
    await after(plan.seconds * 1_000);
    tally.isOpen = false;
    tell({ type: 'window', edge: 'closes' });
    await after(GO_ON_MS);
    for (const { phone, speaker } of calls) {
      phone.hush();
      speaker.hush();
    }
    await after(ARRIVES_WITHIN_MS);
    for (const { books } of calls) books.close();
    for (const { phone } of calls) phone.hangUp();
    await allClosed(tally);
    return tally.outcome();
  } finally {
    clearInterval(ticking);
    for (const { phone } of calls) phone.hangUp();
    model.forgetAll();
  }
}

function openAll(plan: Plan, tally: Tally, calls: Call[]): Promise<unknown> {
  return Promise.all(
    Array.from({ length: plan.calls }, async (_, index) => {
      await after(index * OPEN_EVERY_MS);
      const books = new Books(tally);
      const caller = `+1555${String(1_000_000 + index)}`;
      const phone = new Phone({
        bridgePort: plan.bridgePort,
        authToken: isOurs(plan.bridge) ? plan.authToken : undefined,
        caller,
        phaseMs: (index * FRAME_MS) / plan.calls,
        books,
        tally,
      });
      const [speaker] = await Promise.all([model.expect(caller, index, books), phone.ring()]);
      calls.push({ phone, speaker, books });
    }),
  );
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  const late = new AbortController();
  const tooLate = after(ms, undefined, { signal: late.signal }).then(() => {
    throw new Error(`not every call was open on both sides within ${ms / 1_000} s`);
  });
  try {
    return await Promise.race([work, tooLate]);
  } finally {
    late.abort();
    tooLate.catch(() => undefined);
  }
}

/** A bridge that keeps its side of an ended call leaks. */
async function allClosed(tally: Tally): Promise<void> {
  for (let waitedMs = 0; model.openSockets > 0 && waitedMs < CLOSES_WITHIN_MS; waitedMs += 50)
    await after(50);
  for (let left = model.openSockets; left > 0; left--)
    tally.fault('the bridge kept the model’s socket after the call');
}
