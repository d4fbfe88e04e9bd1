import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import type { Verb } from '../../src/carrier/webhooks.ts';
import { id, incoming, rig, settled } from './rig.ts';

const HANG_UP: Verb = { do: 'hang-up' };

describe('[EN7] a server that stops', () => {
  /** Whether the server may go. */
  const draining = (all: ReturnType<typeof rig>) => {
    const seen = { empty: false };
    void all.switchboard.drain().then(() => (seen.empty = true));
    return seen;
  };

  test('takes no new call, and lets those that talk go on, even to another line', async () => {
    const all = rig();
    const { line } = all.answered();
    const seen = draining(all);
    expect(all.switchboard.isDraining).toBe(true);
    expect(all.switchboard.answer({ ...incoming, id: callId('CA2') })).toMatchObject({
      do: 'say-and-hang-up',
    });
    expect(all.switchboard.answer(incoming), 'an old call asked for again').toMatchObject({ do: 'stream' });
    line.drop();
    all.connect(all.afterStream());
    all.clock.advance(120_000);
    await settled();
    expect(all.ended).toBeUndefined();
    expect(seen.empty).toBe(false);
  });

  test('without calls stops at once', async () => {
    const seen = draining(rig());
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('need not wait for a caller who hung up', async () => {
    const all = rig();
    const { line } = all.answered();
    const seen = draining(all);
    line.stop();
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('waits until the carrier has asked what is next', async () => {
    const all = rig();
    all.answered();
    const seen = draining(all);
    all.switchboard.shutDown();
    expect(all.ended).toMatchObject({ reason: 'shut-down' });
    all.clock.advance(2_999);
    await settled();
    expect(seen.empty).toBe(false);
    expect(all.afterStream()).toEqual(HANG_UP);
    await settled();
    expect(seen.empty).toBe(true);
    all.clock.advance(0);
    expect(all.clock.pending, 'nor is its timer left').toBe(0);
  });

  test('waits until the carrier has asked where somebody goes who was just let go', async () => {
    const all = rig({ destinations: { desk: { to: '+12025550111', description: 'The desk.' } } });
    const { session } = all.answered();
    const args = { destination: 'desk', reason: 'an invoice', briefing: 'Ada asks.' };
    session.callTools({ id: 'go', name: 'transfer_call', args });
    await settled();
    session.idle();
    all.clock.advance(3_000);
    expect(all.told.at(-1)).toMatchObject({ type: 'departed' });
    const seen = draining(all);
    all.switchboard.shutDown();
    await settled();
    expect(seen.empty).toBe(false);
    expect(all.afterStream()).toMatchObject({ do: 'dial', to: '+12025550111' });
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('need not wait for a carrier that says, when it asks, that the call is over', async () => {
    const all = rig();
    all.answered();
    const seen = draining(all);
    all.switchboard.shutDown();
    expect(all.afterStream('completed')).toEqual(HANG_UP);
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('need not wait when the call ends by the answer to its question', async () => {
    const all = rig();
    all.switchboard.answer(incoming);
    for (let stream = 2; stream <= 4; stream++) expect(all.afterStream()).toMatchObject({ do: 'stream' });
    const seen = draining(all);
    expect(all.afterStream()).toMatchObject({ do: 'say-and-hang-up' });
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('waits 3 s for a carrier that does not ask', async () => {
    const all = rig();
    all.answered();
    const seen = draining(all);
    all.switchboard.shutDown();
    all.clock.advance(2_999);
    await settled();
    expect(seen.empty).toBe(false);
    all.clock.advance(1);
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('waits for the carrier’s REST interface where there is no line to close', async () => {
    let restAnswers = (): void => undefined;
    const rest = new Promise<void>((resolve) => (restAnswers = resolve));
    const all = rig({ hangUp: () => rest });
    all.switchboard.answer(incoming);
    const seen = draining(all);
    all.switchboard.shutDown();
    expect(all.hungUp).toEqual([id]);
    all.clock.advance(60_000);
    await settled();
    expect(seen.empty).toBe(false);
    restAnswers();
    await settled();
    expect(seen.empty).toBe(true);
  });

  test('is not kept by a REST interface that refuses', async () => {
    const all = rig({ hangUp: () => Promise.reject(new Error('credentials are wrong')) });
    all.switchboard.answer(incoming);
    const seen = draining(all);
    all.switchboard.shutDown();
    await settled();
    expect(seen.empty).toBe(true);
    expect(all.afterStream(), 'should the carrier ask all the same').toEqual(HANG_UP);
  });

  test('takes no new call once it was told to end those that there are', () => {
    const all = rig();
    all.switchboard.shutDown();
    expect(all.switchboard.answer(incoming)).toMatchObject({ do: 'say-and-hang-up' });
  });
});
