import { describe, expect, test } from 'vitest';
import { frame, id, incoming, rig } from './rig.ts';

describe('[FA2] a line that is lost', () => {
  test('[PL6] is followed by another, and the same conversation goes on where it was', () => {
    const { answered, clock, afterStream, connect, live, of } = rig();
    const { line, session } = answered();
    session.say(2_000);
    session.idle();
    clock.advance(700);
    line.drop();
    expect(of('line-lost')).toHaveLength(1);
    clock.advance(1_000);
    const next = connect(afterStream());
    clock.advance(3_000);
    expect(live.sessions).toHaveLength(1);
    // Marks came back for the first 620 ms: what follows them is heard once more.
    expect([line.heardMs, next.heardMs]).toEqual([700, 2_020 - 620]);
    next.speak(frame());
    expect(session.sent).toHaveLength(1);
    clock.advance(60_000);
    expect(of('call-ended')).toEqual([]);
  });

  test('is awaited for 15 s from then on', () => {
    const late = rig();
    late.answered().line.drop();
    late.clock.advance(14_999);
    late.connect(late.afterStream());
    late.clock.advance(60_000);
    expect(late.ended).toBeUndefined();

    const never = rig();
    const { line } = never.answered();
    never.clock.advance(1_000);
    line.drop();
    never.clock.advance(60_000);
    expect(never.ended).toEqual({ reason: 'line-lost', atMs: 16_000 });
    expect(never.hungUp).toEqual([id]);
    expect(never.clock.pending).toBe(0);
  });

  test('is awaited for 15 s more once the carrier has asked', () => {
    const all = rig();
    all.answered().line.drop();
    all.clock.advance(10_000);
    all.afterStream();
    all.clock.advance(60_000);
    expect(all.ended).toEqual({ reason: 'line-lost', atMs: 25_000 });
  });

  test('may be known to the carrier first: we close it, and what it says later concerns nobody', () => {
    const all = rig();
    const { line } = all.answered();
    all.clock.advance(5_000);
    const verb = all.afterStream();
    expect(line.log.at(-1)).toBe('close');
    const next = all.connect(verb);
    all.clock.advance(60_000);
    expect(line.closed).toBe(true);
    expect(all.of('line-lost')).toHaveLength(1);
    expect(all.ended).toBeUndefined();
    next.press('1');
    expect(all.of('digit')).toHaveLength(1);
  });

  test('is let go when another is attached, and the call goes on there', () => {
    const all = rig();
    const { line, session } = all.answered();
    session.say(1_000);
    all.clock.advance(300);
    const next = all.connect(all.switchboard.answer(incoming));
    expect(line.log.at(-1)).toBe('close');
    all.clock.advance(2_000);
    expect(line.heardMs).toBe(300);
    expect(next.heardMs).toBe(1_000 - 220);
    expect(all.of('line-lost')).toHaveLength(1);
  });

  test('may be lost three times, and not a fourth time', () => {
    const all = rig();
    let { line } = all.answered();
    for (let loss = 1; loss <= 3; loss++) {
      line.drop();
      expect(all.ended, `after loss ${loss}`).toBeUndefined();
      line = all.connect(all.afterStream());
    }
    line.drop();
    expect(all.ended).toMatchObject({ reason: 'line-lost' });
    expect(all.hungUp).toEqual([id]);
  });

  test('the fourth time by being replaced: the new line is closed too', () => {
    const all = rig();
    all.answered();
    for (let loss = 1; loss <= 3; loss++) all.connect(all.switchboard.answer(incoming));
    expect(all.ended).toBeUndefined();
    const last = all.connect(all.switchboard.answer(incoming));
    expect(all.ended).toMatchObject({ reason: 'line-lost' });
    expect(last.log).toEqual(['close']);
    expect(all.of('line-opened')).toHaveLength(4);
  });

  test('the fourth time by the carrier’s word: it is told in the answer, and by no other way', () => {
    const all = rig();
    let line = all.answered().line;
    for (let loss = 1; loss <= 3; loss++) {
      all.clock.advance(1_000);
      line = all.connect(all.afterStream());
    }
    all.clock.advance(1_000);
    const sorry = all.afterStream();
    expect(sorry).toMatchObject({ do: 'say-and-hang-up' });
    expect(all.ended).toMatchObject({ reason: 'line-lost' });
    expect(line.log.at(-1)).toBe('close');
    expect(all.hungUp).toEqual([]);
    expect(all.afterStream(), 'asked again').toEqual(sorry);
  });

  test('or that never opens is offered four times in all', () => {
    const all = rig();
    const offered = [all.switchboard.answer(incoming)];
    while (all.ended === undefined) {
      all.clock.advance(100);
      offered.push(all.afterStream());
    }
    expect(offered.map((verb) => verb.do)).toEqual([
      'stream',
      'stream',
      'stream',
      'stream',
      'say-and-hang-up',
    ]);
    expect(all.ended).toMatchObject({ reason: 'line-lost' });
  });

  test('is not what a question means that the carrier repeats within 1 s of the line’s opening', () => {
    const all = rig();
    const { line } = all.answered();
    all.clock.advance(5_000);
    line.drop();
    const next = all.connect(all.afterStream());
    all.clock.advance(999);
    expect(all.afterStream()).toMatchObject({ do: 'stream' });
    expect(next.log).not.toContain('close');
    all.clock.advance(1);
    all.afterStream();
    expect(next.log).toContain('close');
  });

  test('can be interrupted on the next line', () => {
    const { answered, clock, afterStream, connect } = rig();
    const { line, session } = answered();
    session.say(200);
    session.endTurn();
    session.say(8_000);
    session.endTurn();
    clock.advance(100);
    line.drop();
    const next = connect(afterStream());
    clock.advance(1_000);
    session.interrupt();
    clock.advance(10_000);
    expect(next.log.at(-1)).toBe('clear');
    expect(next.heardMs).toBe(1_000);
  });
});
