// The books of one call: what each side sent, matched with what arrived at the other. Phone and model run in one process,
// so one clock times both. Knows nothing of sockets or messages.
import type { Payload } from './payload.ts';
import { bytesPerMs, FRAME_MS, isAgentSound, isCallerFrame, MULAW_8K, type Format } from './sound.ts';
import type { Tally } from './tally.ts';

/** More frames than can be on their way: 80 s. */
const REMEMBERED_FRAMES = 4_096;
/** Sound is decoded and listened to once in so many messages. */
const LISTEN_EVERY = 25;
/** From here on the model is so far ahead that a pacing bridge holds sound back. */
const PACED_FROM_MS = 600;
/** At the end of a turn a codec may give what its filter still held, filled up to a frame. */
const TAIL_MS = 2 * FRAME_MS;

interface Turn {
  readonly startedMs: number;
  sentMs: number;
  arrivedMs: number;
  /** When the caller began to hear it; moved on by every hole. */
  heardFromMs: number | undefined;
  state: { is: 'going on' } | { is: 'complete' } | { is: 'interrupted'; atMs: number } | { is: 'cleared' };
}

export class Books {
  readonly #tally: Tally;
  readonly #sentAtMs = new Float64Array(REMEMBERED_FRAMES);
  #sentFrames = 0;
  #arrivedBytes = 0;
  #arrivedFrames = 0;
  #messages = 0;
  #callerIsHushed = false;
  #turn: Turn | undefined;

  constructor(tally: Tally) {
    this.#tally = tally;
  }

  /** The number of the caller frame that leaves next. */
  get nextFrame(): number {
    return this.#sentFrames;
  }

  callerSent(nowMs: number): void {
    this.#sentAtMs[this.#sentFrames % REMEMBERED_FRAMES] = nowMs;
    this.#sentFrames += 1;
  }

  /** Caller sound at the model. Its delay is that of the newest whole frame in it: older ones were waited with. */
  callerArrived(sound: Payload, format: Format, nowMs: number): void {
    const frameBytes = bytesPerMs(format) * FRAME_MS;
    this.#arrivedBytes += sound.bytes;
    this.#arrivedFrames = Math.floor(this.#arrivedBytes / frameBytes);
    if (this.#arrivedFrames > this.#sentFrames) return this.#tooMuch();
    const newest = this.#arrivedFrames - 1;
    if (newest < 0) return;
    this.#tally.add(this.#tally.up, nowMs - this.#sentAtMs[newest % REMEMBERED_FRAMES]!);
    const isWhole = sound.bytes >= frameBytes && this.#arrivedBytes % frameBytes === 0;
    if (isWhole && this.#listens() && !isCallerFrame(sound.decode(), format, newest))
      this.#tally.fault('a caller frame did not sound as it was sent');
  }

  /** The caller sends nothing from now on, not even silence: a bridge may then make silence up. */
  callerHushed(): void {
    this.#callerIsHushed = true;
  }

  turnStarts(nowMs: number): void {
    this.#judgeTurn();
    this.#turn = {
      startedMs: nowMs,
      sentMs: 0,
      arrivedMs: 0,
      heardFromMs: undefined,
      state: { is: 'going on' },
    };
  }

  agentSent(ms: number): void {
    if (this.#turn) this.#turn.sentMs += ms;
  }

  turnCompletes(): void {
    if (this.#turn) this.#turn.state = { is: 'complete' };
  }

  interrupted(nowMs: number): void {
    if (this.#turn) this.#turn.state = { is: 'interrupted', atMs: nowMs };
  }

  agentArrived(sound: Payload, nowMs: number): void {
    const turn = this.#turn;
    if (!turn) return this.#tally.fault('agent sound arrived before any was sent');
    if (turn.state.is === 'cleared') return this.#tally.fault('sound of a cleared turn arrived');
    const fromMs = turn.arrivedMs;
    turn.arrivedMs += sound.bytes / bytesPerMs(MULAW_8K);
    if (turn.heardFromMs === undefined) {
      turn.heardFromMs = nowMs;
      this.#tally.add(this.#tally.turnStart, nowMs - turn.startedMs);
    } else {
      const leadMs = turn.heardFromMs + fromMs - nowMs;
      if (fromMs >= PACED_FROM_MS) this.#tally.add(this.#tally.lead, leadMs);
      // What comes after the model's last sound is the codec's tail: nobody misses it.
      if (leadMs < 0 && turn.arrivedMs <= turn.sentMs) {
        this.#tally.holes += 1;
        turn.heardFromMs -= leadMs;
      }
    }
    const isWhole = turn.arrivedMs - fromMs >= FRAME_MS && turn.arrivedMs <= turn.sentMs;
    if (isWhole && this.#listens() && !isAgentSound(sound.decode(), MULAW_8K))
      this.#tally.fault('agent sound did not sound as it was sent');
  }

  clearArrived(nowMs: number): void {
    const turn = this.#turn;
    if (turn?.state.is !== 'interrupted') return this.#tally.fault('a clear came without an interruption');
    this.#tally.add(this.#tally.clear, nowMs - turn.state.atMs);
    turn.state = { is: 'cleared' };
  }

  /** Nothing is on its way any more. */
  close(): void {
    this.#judgeTurn();
    this.#tally.upFrames += this.#sentFrames;
    this.#tally.missingUpFrames += Math.max(0, this.#sentFrames - this.#arrivedFrames);
  }

  #tooMuch(): void {
    if (this.#callerIsHushed) return;
    this.#tally.fault(
      'more caller sound arrived than was sent, or the load stalled and the bridge filled in',
    );
  }

  #judgeTurn(): void {
    const turn = this.#turn;
    // One that the end of the run cut short says nothing.
    if (!turn || turn.state.is === 'going on') return;
    this.#tally.turns += 1;
    if (turn.state.is !== 'complete') {
      this.#tally.interruptions += 1;
      if (turn.state.is === 'interrupted') this.#tally.unansweredInterruptions += 1;
      return;
    }
    this.#tally.missingDownFrames += Math.ceil(Math.max(0, turn.sentMs - turn.arrivedMs) / FRAME_MS);
    if (turn.arrivedMs > turn.sentMs + TAIL_MS) this.#tally.fault('more agent sound arrived than was sent');
  }

  #listens(): boolean {
    this.#messages += 1;
    return this.#messages % LISTEN_EVERY === 0;
  }
}
