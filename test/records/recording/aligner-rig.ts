// A call whose ear is known: a playout, a tape and an aligner on one side of a network, a carrier on the other, and what the file
// says beside what the caller heard and said.
import { MULAW_8K } from '../../../src/audio/format.ts';
import { silentLog } from '../../../src/base/log.ts';
import { turnId, type TurnId } from '../../../src/base/ids.ts';
import { Pacer } from '../../../src/call/pacer.ts';
import { Playout } from '../../../src/call/playout.ts';
import { Tape, type TapeTaker } from '../../../src/call/tape.ts';
import type { Line } from '../../../src/carrier/line.ts';
import { Aligner } from '../../../src/records/recording/aligner.ts';
import { FakeLine } from '../../doubles/fake-line.ts';
import { FarLine, type Way } from '../../doubles/far-line.ts';
import { ManualClock } from '../../doubles/manual-clock.ts';

export const BYTES_PER_MS = 8;
export const FRAME_BYTES = 160;
export const SILENCE = 0xff;
/** How much sound has the same bytes: 5 ms. */
const BLOCK_BYTES = 40;
/** Of each half of a block's number. */
const BASE = 100;

/** What nobody else says: of each block of sound one sample says the one half of its number and the next the other. */
export function numbered(fromBlock: number, blocks: number): Uint8Array {
  const bytes = new Uint8Array(blocks * BLOCK_BYTES);
  for (let i = 0; i < bytes.length; i += 1) {
    const block = fromBlock + Math.floor(i / BLOCK_BYTES);
    bytes[i] = i % 2 === 0 ? block % BASE : BASE + Math.floor(block / BASE);
  }
  return bytes;
}

export interface Heard {
  /** Which block, at which sample. */
  readonly block: number;
  readonly at: number;
}

/** Every second sample, with the block that it is of. */
export function blocksIn(sound: Uint8Array, from: number): Heard[] {
  const heard: Heard[] = [];
  for (let i = 0; i + 1 < sound.length; i += 1) {
    const [low, high] = [sound[i]!, sound[i + 1]!];
    if (low < BASE && high >= BASE && high !== SILENCE)
      heard.push({ block: low + BASE * (high - BASE), at: from + i });
  }
  return heard;
}

interface OneLine {
  readonly carrier: FakeLine;
  readonly openedMs: number;
  /** Of the caller's frames: its first. */
  base: number;
  /** When what it had was cleared, or it was lost. */
  readonly brokeOffMs: number[];
}

class ClearedLine extends FakeLine {
  readonly #clock: ManualClock;
  readonly #clearedMs: number[];

  constructor(clock: ManualClock, clearedMs: number[]) {
    super(clock);
    this.#clock = clock;
    this.#clearedMs = clearedMs;
  }

  override clear(): void {
    this.#clearedMs.push(this.#clock.nowMs());
    super.clear();
  }
}

export class AlignedCall {
  readonly clock = new ManualClock();
  readonly tape = new Tape(MULAW_8K, silentLog);
  readonly playout: Playout;
  readonly lines: OneLine[] = [];
  /** Caller and agent in turn. */
  readonly #file: Uint8Array[] = [];
  readonly #said: Uint8Array[] = [];
  readonly #way: Way;
  #line: Line | undefined;
  #blocks = 0;
  #turns = 0;
  #frames = 0;
  #speaks: (() => void) | undefined;
  readonly aligner: Aligner;

  constructor(way: Way, { starts = true } = {}) {
    this.#way = way;
    this.playout = new Playout({
      ...{ format: MULAW_8K, clock: this.clock, pacer: new Pacer(this.clock) },
      onTurnHeard: () => undefined,
    });
    const sink = {
      sound: (bytes: Uint8Array) => void this.#file.push(bytes),
      silence: (samples: number) => void this.#file.push(new Uint8Array(2 * samples).fill(SILENCE)),
    };
    const aligner = new Aligner(MULAW_8K, sink, () => this.clock.nowMs());
    this.aligner = aligner;
    if (starts) aligner.start();
    const taker: TapeTaker = {
      marksClears: true,
      opened: () => aligner.opened(),
      heard: (frame) => aligner.heard(frame),
      played: (frames) => aligner.played(frames),
      marked: (name) => aligner.marked(name),
      markBack: (name) => aligner.markBack(name),
      cleared: () => aligner.cleared(),
      lost: () => aligner.lost(),
      hushed: (isHushed) => aligner.hushed(isHushed),
      closed: () => aligner.close(),
    };
    this.tape.follow(taker);
    this.open();
  }

  /** The caller speaks on it from now on, frame by frame. */
  open(): void {
    const brokeOffMs: number[] = [];
    const carrier = new ClearedLine(this.clock, brokeOffMs);
    const line = this.tape.watch(new FarLine(carrier, this.clock, this.#way));
    this.lines.push({ carrier, openedMs: this.clock.nowMs(), base: -1, brokeOffMs });
    this.#line = line;
    const own = this.lines.at(-1)!;
    this.#speaks = this.clock.every(20, () => {
      this.#frames += 1;
      // No two frames of the caller's are alike, for as long as a test lasts.
      const frame = new Uint8Array(FRAME_BYTES).fill(this.#frames % 200);
      frame[1] = Math.floor(this.#frames / 200);
      carrier.speak(frame);
    });
    this.playout.attach(line);
    line.listen({
      onAudio: (frame) => {
        if (own.base < 0) own.base = this.#said.length;
        this.#said.push(Uint8Array.from(frame));
      },
      onEvent: (event) => {
        if (event.type === 'marked') this.playout.marked(event.name);
        if (event.type === 'closed') this.playout.detach();
      },
    });
  }

  /** The agent says so much more, in chunks of this. */
  say(ms: number, { ends = true, turn = this.nextTurn() } = {}): TurnId {
    const blocks = ms / 5;
    this.playout.accept(turn, numbered(this.#blocks, blocks));
    this.#blocks += blocks;
    if (ends) this.playout.endTurn(turn);
    return turn;
  }

  nextTurn(): TurnId {
    this.#turns += 1;
    return turnId(this.#turns);
  }

  bargeIn(): void {
    this.playout.cut(turnId(this.#turns));
    this.#line?.clear();
  }

  /** The socket is gone. */
  lose(): void {
    this.#speaks?.();
    const { carrier, brokeOffMs } = this.lines.at(-1)!;
    brokeOffMs.push(this.clock.nowMs());
    carrier.drop();
  }

  hangUp(): void {
    while (this.playout.unheardMs > 0) this.clock.advance(100);
    this.clock.advance(1_500);
    this.#speaks?.();
    this.tape.close();
    this.playout.close();
  }

  /** What the caller said, as it came, line by line. */
  get said(): readonly Uint8Array[] {
    return this.#said;
  }

  get file(): { readonly caller: Uint8Array; readonly agent: Uint8Array } {
    const both = Buffer.concat(this.#file);
    const every = (from: number): Uint8Array =>
      Uint8Array.from({ length: both.length / 2 }, (_, i) => both[2 * i + from]!);
    return { caller: every(0), agent: every(1) };
  }

  /** Where each line's first frame is in the file. */
  basesIn(caller: Uint8Array): number[] {
    const all = Buffer.from(caller);
    return this.lines.map(({ base }) => (base < 0 ? all.length : all.indexOf(this.#said[base]!)));
  }

  /** Where sound may have broken off, likewise. */
  breaks(bases: readonly number[]): number[] {
    return this.lines.flatMap(({ openedMs, brokeOffMs }, n) =>
      brokeOffMs.map((atMs) => bases[n]! + Math.round((atMs - openedMs) * BYTES_PER_MS)),
    );
  }

  /** What the ear heard, where it stands in the file if all is right. */
  ear(bases: readonly number[]): Heard[] {
    return this.lines.flatMap(({ carrier, openedMs }, n) =>
      carrier.heardPieces.flatMap(({ bytes, startMs }) =>
        blocksIn(bytes, bases[n]! + Math.round((startMs - openedMs) * BYTES_PER_MS)),
      ),
    );
  }
}
