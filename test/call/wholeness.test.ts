// Whatever is said, ended, cut, lost and swallowed, behind whatever network: the caller hears every turn whole.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Delays } from '../doubles/carrier-playback.ts';
import type { FakeLine } from '../doubles/fake-line.ts';
import { playoutRig, t, unitsOf, type PlayoutRig } from './playout-rig.ts';

const MARK_EVERY_MS = 200;
const OVERDUE_MS = 300;
const MOST_LEAD_MS = 400;
const STARVING_BELOW_MS = 250;

type Deed =
  | { do: 'say'; frames: number }
  | { do: 'wait'; ms: number }
  | { do: 'end' | 'cut' | 'swallow' | 'drop' }
  | { do: 'open'; through: Required<Delays> };

const anyDelays = fc.record({ downMs: fc.nat(150), upMs: fc.nat(150) });
const anyDeed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('say' as const), frames: fc.integer({ min: 1, max: 60 }) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 900 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'end' as const }) },
  { weight: 2, arbitrary: fc.constantFrom<Deed>({ do: 'cut' }, { do: 'swallow' }, { do: 'drop' }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), through: anyDelays }) },
);

/** The test's own idea of the call: what was said, which turns live, and what the line is doing. */
class Model {
  readonly rig: PlayoutRig = playoutRig();
  turn = 1;
  readonly dead = new Set<number>();
  /** Cut on a line that had gone silent: what the clock had wrongly counted by then stays counted. */
  readonly #misjudged = new Set<number>();
  /** From these units of these lines on, nothing of these turns may be heard. */
  readonly silences: { fromLine: number; fromUnit: number; upTo: number }[] = [];
  readonly opened: { line: FakeLine; through: Required<Delays> }[] = [];
  #phase: 'open' | 'swallowing' | 'gone' = 'gone';
  /** Since when more waits than was sent; what is sent needs `downMs` to arrive. */
  #waitingSinceMs: number | undefined;

  do(deed: Deed): void {
    const { rig } = this;
    const { line } = this.opened.at(-1) ?? {};
    switch (deed.do) {
      case 'say':
        rig.say(this.turn, deed.frames * 20);
        break;
      case 'end':
        rig.playout.endTurn(t(this.turn++));
        break;
      case 'cut':
        this.#cut();
        break;
      case 'swallow':
        if (this.#phase === 'open') this.#phase = 'swallowing';
        line?.swallow();
        break;
      case 'drop':
        if (line) rig.lose(line);
        this.#phase = 'gone';
        break;
      case 'open':
        if (this.#phase !== 'gone') break;
        this.opened.push({ line: rig.open(deed.through), through: deed.through });
        this.#phase = 'open';
        this.#waitingSinceMs = undefined;
        break;
      case 'wait':
        for (let leftMs = deed.ms; leftMs > 0; leftMs -= 10) {
          rig.clock.advance(Math.min(10, leftMs));
          this.#checkLead();
        }
    }
    this.#checkLead();
    this.#checkAccounts();
  }

  #cut(): void {
    const { rig, turn } = this;
    for (let n = 1; n <= turn; n++) {
      if (this.dead.has(n) || rig.heard.some((one) => one.turn === n)) continue;
      this.dead.add(n);
      if (this.#phase === 'swallowing') this.#misjudged.add(n);
    }
    rig.cut(turn);
    this.turn += 1;
    this.#waitingSinceMs = undefined;
    const fromLine = this.opened.length - 1;
    const { line, through } = this.opened[fromLine] ?? {};
    const silence = { fromLine, fromUnit: Infinity, upTo: turn };
    this.silences.push(silence);
    const arrived = (): void => void (silence.fromUnit = unitsOf(line?.heard ?? new Uint8Array()).length);
    if (through?.downMs) rig.clock.after(through.downMs, arrived);
    else arrived();
  }

  #checkLead(): void {
    if (this.#phase !== 'open') return;
    const { rig } = this;
    const { line, through } = this.opened.at(-1)!;
    expect(line.queuedMs).toBeLessThanOrEqual(MOST_LEAD_MS);
    if (this.#waitingMs(line) === 0) this.#waitingSinceMs = undefined;
    else this.#waitingSinceMs ??= rig.clock.nowMs();
    if (this.#waitingSinceMs !== undefined && rig.clock.nowMs() - this.#waitingSinceMs >= through.downMs)
      expect(line.queuedMs, 'starving').toBeGreaterThanOrEqual(STARVING_BELOW_MS);
  }

  /** Said, alive and not sent; as far as this line knows. */
  #waitingMs(line: FakeLine): number {
    const last = line.played.at(-1);
    const sent = last && unitsOf(last.bytes.subarray(-8))[0]!;
    let waitingMs = 0;
    for (const [turn, ms] of this.rig.saidMs) {
      if (this.dead.has(turn) || (sent && turn < sent.turn)) continue;
      // Without anything sent, what an earlier line played is not known here; then all of the turn in hand waits or none.
      waitingMs += sent ? (turn === sent.turn ? ms - sent.ms - 1 : ms) : 0;
    }
    return waitingMs;
  }

  #checkAccounts(): void {
    const slowest = this.opened.reduce(
      (most, { through }) => ({
        downMs: Math.max(most.downMs, through.downMs),
        upMs: Math.max(most.upMs, through.upMs),
      }),
      { downMs: 0, upMs: 0 },
    );
    for (const [turn, ms] of this.rig.saidMs) {
      const silent = this.#misjudged.has(turn) || (this.#phase === 'swallowing' && !this.dead.has(turn));
      const tooMuchMs = silent ? MARK_EVERY_MS + OVERDUE_MS : slowest.downMs;
      const { heardMs, sentMs } = this.rig.playout.account(t(turn));
      const errorMs = heardMs - this.rig.earMs(turn);
      expect(errorMs, `turn ${turn} at ${this.rig.clock.nowMs()}`).toBeLessThanOrEqual(tooMuchMs);
      expect(-errorMs).toBeLessThanOrEqual(MARK_EVERY_MS + 2 * slowest.upMs + slowest.downMs + 1);
      expect(heardMs).toBeGreaterThanOrEqual(0);
      expect(heardMs).toBeLessThanOrEqual(sentMs);
      expect(sentMs).toBeLessThanOrEqual(ms);
    }
  }

  finish(): void {
    const { rig } = this;
    if (this.#phase === 'swallowing') this.do({ do: 'drop' });
    this.do({ do: 'open', through: { downMs: 30, upMs: 40 } });
    this.do({ do: 'end' });
    rig.clock.advance(120_000);
  }
}

/** Walks through all that was heard, line by line. */
function checkHeard({ rig, opened, dead, silences }: Model): void {
  const next = new Map<number, number>();
  let latest = 0;
  /** Of the line that played the furthest: a later one, lost before it played any further, confirms no more. */
  let furthestUpMs = 0;
  for (const [n, { line, through }] of opened.entries()) {
    const repeatable = MARK_EVERY_MS + furthestUpMs;
    let repeatedMs = 0;
    let before = 0;
    for (const [at, { turn, ms }] of unitsOf(line.heard).entries()) {
      for (const { fromLine, fromUnit, upTo } of silences)
        if (n > fromLine || (n === fromLine && at >= fromUnit)) expect(turn).toBeGreaterThan(upTo);
      expect(turn, 'in order').toBeGreaterThanOrEqual(before);
      before = turn;
      const due = next.get(turn) ?? 0;
      if (ms < due || turn < latest) {
        expect(at, 'repeated at the start of a line, and only there').toBe(repeatedMs);
        repeatedMs += 1;
      } else expect(ms, `turn ${turn} without a hole, line ${n}`).toBe(due);
      if (turn > latest)
        for (let older = latest; older < turn; older++)
          if (!dead.has(older)) expect(next.get(older) ?? 0).toBe(rig.saidMs.get(older) ?? 0);
      latest = Math.max(latest, turn);
      if (ms >= due) furthestUpMs = through.upMs;
      next.set(turn, Math.max(due, ms + 1));
    }
    expect(repeatedMs).toBeLessThanOrEqual(repeatable);
  }
  for (const [turn, ms] of rig.saidMs) if (!dead.has(turn)) expect(next.get(turn)).toBe(ms);
}

test('[PL1][PL4][PL5][PL6][BI2] every turn that is not cut is heard whole, in order, and reported once it was', () => {
  fc.assert(
    fc.property(anyDelays, fc.array(anyDeed, { maxLength: 30 }), (through, deeds) => {
      const model = new Model();
      const { rig } = model;
      rig.onHeard = (turn) => expect(rig.earMs(turn)).toBe(rig.saidMs.get(turn) ?? 0);
      model.do({ do: 'open', through });
      for (const deed of deeds) model.do(deed);
      model.finish();
      checkHeard(model);
      const alive = Array.from({ length: model.turn - 1 }, (_, n) => n + 1).filter((n) => !model.dead.has(n));
      expect(rig.heard.map(({ turn }) => turn)).toEqual(alive);
      expect(rig.clock.pending).toBe(0);
    }),
    { numRuns: 300 },
  );
});
