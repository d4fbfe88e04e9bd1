import { describe, expect, test } from 'vitest';
import { FakeLine } from '../doubles/fake-line.ts';
import { APOLOGY_MS, hangingCrm, id, incoming, isApology, rig, settled } from './rig.ts';

const apologyOf = (line: FakeLine): Uint8Array => line.heard.slice(-8 * APOLOGY_MS);

describe('[FA1] a model that is gone for good', () => {
  test('in mid-sentence: what was said is heard, then the apology, whole, and then the call is hung up', () => {
    const all = rig();
    const { line, session } = all.answered();
    session.say(500);
    all.clock.advance(100);
    session.fail();
    expect(all.of('session-failed')).toMatchObject([
      { code: 'LIVE_CLOSED', message: 'the fake model hung up' },
    ]);
    all.clock.advance(60_000);
    expect(line.heardMs).toBe(520 + APOLOGY_MS);
    expect(isApology(apologyOf(line))).toBe(true);
    expect(all.ended).toEqual({ reason: 'model-failed', atMs: 520 + APOLOGY_MS });
    expect(all.afterStream()).toEqual({ do: 'hang-up' });
  });

  test('after more speech than an apology lasts: all of it is heard', () => {
    const all = rig();
    const { line, session } = all.answered();
    session.say(35_000);
    all.clock.advance(100);
    session.fail();
    all.clock.advance(60_000);
    expect(line.heardMs).toBe(35_020 + APOLOGY_MS);
    expect(isApology(apologyOf(line))).toBe(true);
  });

  test('apologises in the profile’s language', () => {
    const { switchboard, live, connect, apologisedIn } = rig({ language: 'de-AT' });
    connect(switchboard.answer(incoming));
    live.last.fail();
    expect(apologisedIn).toEqual(['de-AT']);
  });

  test('before the line is open: the apology waits for it', () => {
    const all = rig();
    const verb = all.switchboard.answer(incoming);
    all.live.last.fail('LIVE_REFUSED');
    all.clock.advance(5_000);
    const line = all.connect(verb);
    all.clock.advance(60_000);
    expect(line.heardMs).toBe(APOLOGY_MS);
    expect(all.ended).toEqual({ reason: 'model-failed', atMs: 5_000 + APOLOGY_MS });
  });

  test('and a line that does not open: the caller is not kept waiting for an apology for more than 20 s', () => {
    const all = rig();
    all.switchboard.answer(incoming);
    all.live.last.fail();
    all.clock.advance(60_000);
    expect(all.ended).toEqual({ reason: 'model-failed', atMs: 20_000 });
    expect(all.hungUp).toEqual([id]);
  });

  test('while the apology is spoken the line is lost: it is finished on the next one', () => {
    const all = rig();
    const { line, session } = all.answered();
    session.say(200);
    session.fail();
    all.clock.advance(50);
    line.drop();
    const next = all.connect(all.afterStream());
    all.clock.advance(60_000);
    expect(next.heardMs).toBeGreaterThanOrEqual(170 + APOLOGY_MS);
    expect(isApology(apologyOf(next))).toBe(true);
    expect(all.ended).toMatchObject({ reason: 'model-failed' });
  });

  test('[EN6] has its end worked on after all that came before, even if the apology is over at once', () => {
    const { switchboard, connect, live, clock, ...all } = rig({ apologyMs: 0 });
    class HastyLine extends FakeLine {
      override mark(name: string): void {
        super.mark(name);
        clock.advance(0);
      }
    }
    connect(switchboard.answer(incoming), new HastyLine(clock));
    live.last.fail();
    expect(all.of('call-ended')).toMatchObject([{ reason: 'model-failed', atMs: 0 }]);
    all.afterStream();
    clock.advance(0);
    expect(clock.pending, 'no timer was set after the end').toBe(0);
  });

  test('leaves no tool running', async () => {
    const signals: AbortSignal[] = [];
    const { answered } = rig({ crm: hangingCrm(signals) });
    const { session } = answered();
    session.callTools({ id: 'a', name: 'look_up_contact' });
    await settled();
    session.fail();
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  test('after its goodbye needs no apology', async () => {
    const all = rig();
    const { line, session } = all.answered();
    session.callTools({ id: 'bye', name: 'end_call' });
    await settled();
    session.say(1_500);
    session.idle();
    all.clock.advance(1_600);
    session.fail();
    all.clock.advance(60_000);
    expect(line.heardMs).toBe(1_520);
    // Half a second after it failed: from then on it says no more.
    expect(all.ended).toEqual({ reason: 'agent-hung-up', atMs: 2_100 });
  });
});
