// The dialler and a carrier that loses answers, is busy, refuses, or places a call late: nobody is called twice, and nobody is lost.
import { sql } from 'kysely';
import { describe, expect, test } from 'vitest';
import { callId } from '../../src/base/ids.ts';
import { CallRefused } from '../../src/carrier/call-refused.ts';
import { LARGEST } from '../doubles/databases.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS, easyRules, numberOf, rig, signal } from './rig.ts';

const closed = { may: 'wait', rule: 'hours.law', words: 'too late', data: '', untilMs: undefined } as const;

describe.each(LARGEST)('%s', (size) => {
  test('the answer is lost: found at the carrier, and not dialled again', async (context) => {
    const { campaign, pass, carrier, spoke, attempts, contacts, expected } = await rig(context, size);
    carrier.fate = () => 'accepts-and-loses-the-answer';
    await campaign();
    await pass(0);
    expect(await attempts()).toEqual(['1 claimed']);
    await pass(29 * SECOND_MS);
    expect(await attempts()).toEqual(['1 claimed']);
    await pass(SECOND_MS);
    expect(await attempts()).toEqual(['1 placed queued']);
    await spoke();
    carrier.calls[0]!.status = 'completed';
    await pass(12 * MINUTE_MS);
    await pass(3 * SECOND_MS);
    expect(await contacts()).toEqual(['done 1 human']);
    expect(expected).toEqual([]);
    expect(carrier.asked).toHaveLength(1);
  });

  test('the answer is lost, and a status tells of the call before anybody asks', async (context) => {
    const { campaign, pass, carrier, tell, attempts } = await rig(context, size);
    carrier.fate = () => 'accepts-and-loses-the-answer';
    await campaign();
    await pass(0);
    await tell('ringing');
    expect(await attempts()).toEqual(['1 placed ringing']);
    await pass(5 * MINUTE_MS);
    expect(carrier.asked).toHaveLength(1);
  });

  test('the request is lost: void after a minute in which the carrier knew of nothing, and dialled again', async (context) => {
    const { campaign, pass, carrier, attempts, audit, contacts } = await rig(context, size);
    carrier.fate = (_, asked) => (asked === 1 ? 'loses-the-request' : 'accepts');
    await campaign();
    await pass(0);
    await pass(30 * SECOND_MS);
    expect(await attempts()).toEqual(['1 claimed']);
    await pass(29 * SECOND_MS);
    expect(carrier.asked).toHaveLength(1);
    await pass(SECOND_MS);
    await pass(SECOND_MS);
    expect(await attempts()).toEqual(['1 void not-placed', '2 placed queued']);
    expect(await contacts(), 'one that is void is no call').toEqual(['dialling 1']);
    expect(await audit()).toEqual(['dial all', 'void reconcile.none', 'dial all']);
  });

  test('an earlier call to the number is not taken for one that was lost', async (context) => {
    const { campaign, carrier, pass, tell, rules, attempts } = await rig(context, size);
    rules.now = easyRules({
      next: (outcome, _, nowMs) => ({ then: 'retry', atMs: nowMs, rule: 'r', why: outcome }),
    });
    carrier.fate = (_, asked) => (asked === 1 ? 'accepts' : 'loses-the-request');
    await campaign();
    await pass(0);
    await tell('busy');
    await pass(3 * SECOND_MS);
    await pass(SECOND_MS);
    expect(await attempts()).toEqual(['1 over busy busy', '2 claimed']);
    await pass(30 * SECOND_MS);
    expect(await attempts()).toEqual(['1 over busy busy', '2 claimed']);
    await pass(31 * SECOND_MS);
    expect((await attempts())[1]).toBe('2 void not-placed');
  });

  test('while the carrier does not say, nothing is void', async (context) => {
    const { campaign, pass, carrier, attempts } = await rig(context, size);
    carrier.fate = () => 'loses-the-request';
    carrier.lists = 'away';
    await campaign();
    for (let n = 0; n < 10; n += 1) await pass(MINUTE_MS);
    expect(await attempts()).toEqual(['1 claimed']);
    expect(carrier.asked).toHaveLength(1);
  });

  describe('a call that was given up comes all the same', () => {
    const given = async (context: Parameters<typeof rig>[0]) => {
      const all = await rig(context, size);
      all.carrier.fate = () => 'accepts-and-loses-the-answer';
      all.carrier.lists = 'nothing';
      const { id } = await all.campaign();
      await all.pass(0);
      await all.pass(30 * SECOND_MS);
      return { ...all, id };
    };

    test('before they are called again: it is the attempt after all', async (context) => {
      const { pass, tell, spoke, attempts, contacts, audit, rules, carrier } = await given(context);
      rules.now = easyRules({ hours: () => closed });
      await pass(31 * SECOND_MS);
      expect(await attempts()).toEqual(['1 void not-placed']);
      await tell('ringing');
      expect(await attempts()).toEqual(['1 placed ringing not-placed']);
      expect(await contacts()).toEqual(['dialling 1']);
      await spoke();
      await tell('completed');
      await pass(3 * SECOND_MS);
      expect(await contacts()).toEqual(['done 1 human']);
      expect(await audit()).toEqual(
        expect.arrayContaining(['void reconcile.none', 'dial late.placed', 'settle outcome.human']),
      );
      expect(carrier.hungUp).toEqual([]);
    });

    test('when they have been called again: it is ended', async (context) => {
      const { pass, tell, carrier, attempts, audit, one } = await given(context);
      carrier.fate = () => 'accepts';
      await pass(31 * SECOND_MS);
      await pass(0);
      expect(carrier.calls).toHaveLength(2);
      const [first] = carrier.calls;
      await tell('ringing', first);
      expect(carrier.canceled).toEqual([first!.id]);
      expect(
        await one.placed.calls.find(first!.attempt, first!.id, signal),
        'nobody talks there',
      ).toBeUndefined();
      expect(await attempts()).toEqual(['1 void not-placed', '2 placed queued']);
      expect(await audit()).toEqual(expect.arrayContaining(['void late.dropped', 'void answered.void']));
    });

    test('when they have opted out since: it is ended', async (context) => {
      const { pass, tell, carrier, database, attempts, query } = await given(context);
      await sql`insert into liveline.opt_outs (number, reason) values (${numberOf(1)}, '')`.execute(
        database.sql,
      );
      await pass(31 * SECOND_MS);
      await query(`update liveline.campaign_contacts set state = 'waiting'`);
      await tell('ringing');
      expect(carrier.canceled).toHaveLength(1);
      expect(await attempts()).toEqual(['1 void not-placed']);
    });
  });

  test('a busy carrier is asked again a few times, then later, with another attempt', async (context) => {
    const { campaign, carrier, one, clock, attempts, contacts, audit, pass } = await rig(context, size);
    carrier.fate = () => 'busy';
    await campaign();
    clock.advance(0);
    const looking = one.dialler.look();
    await expect.poll(() => carrier.asked.length).toBe(1);
    clock.advance(SECOND_MS);
    await expect.poll(() => carrier.asked.length).toBe(2);
    clock.advance(3 * SECOND_MS);
    await looking;
    expect(new Set(carrier.asked).size, 'the same attempt').toBe(1);
    expect(await contacts()).toEqual(['waiting 0']);
    expect(await audit()).toEqual(['dial all', 'void carrier.busy']);
    carrier.fate = () => 'accepts';
    await pass(30 * SECOND_MS);
    expect(await attempts()).toEqual(['1 void not-placed', '2 placed queued']);
  });

  test('what a server that stops had not placed yet is given up under a name of its own, and placed by another', async (context) => {
    const { campaign, carrier, one, node, audit, pass } = await rig(context, size);
    carrier.fate = (_, asked) => (asked === 1 ? 'busy' : 'accepts');
    await campaign();
    const looking = one.dialler.look();
    await expect.poll(() => carrier.asked.length).toBe(1);
    await one.dialler.close(10 * SECOND_MS);
    await looking;
    expect(await audit()).toEqual(['dial all', 'void server.stopping']);
    await pass(SECOND_MS, node());
    expect(carrier.calls).toHaveLength(1);
  });

  test('who opts out while the carrier is busy is not called', async (context) => {
    const { campaign, carrier, one, clock, database, contacts, pass } = await rig(context, size);
    carrier.fate = (_, asked) => (asked === 1 ? 'busy' : 'accepts');
    await campaign();
    const looking = one.dialler.look();
    await expect.poll(() => carrier.asked.length).toBe(1);
    await sql`insert into liveline.opt_outs (number, reason) values (${numberOf(1)}, '')`.execute(
      database.sql,
    );
    await expect.poll(() => clock.pending).toBeGreaterThan(1);
    clock.advance(SECOND_MS);
    await looking;
    await pass(MINUTE_MS);
    expect(carrier.asked).toHaveLength(1);
    expect(await contacts()).toEqual(['never 0 opt-out']);
  });

  test('a second call of one attempt is ended, before it rings and after', async (context) => {
    const { campaign, carrier, pass, tell, attempts, audit, one } = await rig(context, size);
    await campaign();
    await pass(0);
    const [first] = carrier.calls;
    for (const status of ['queued', 'in-progress'] as const) {
      const second = { ...first!, id: callId(`CA-second-${status}`), status };
      carrier.calls.push(second);
      await tell(status, second);
      expect(await one.placed.calls.find(second.attempt, second.id, signal)).toBeUndefined();
    }
    await pass(0);
    expect(carrier.canceled).toEqual(['CA-second-queued']);
    expect(carrier.hungUp).toEqual(['CA-second-in-progress']);
    expect(await attempts()).toEqual(['1 placed queued']);
    expect(await audit()).toContain('void late.dropped');
  });

  test('an unreachable carrier: nobody was called, and they are later', async (context) => {
    const { campaign, carrier, pass, contacts, attempts } = await rig(context, size);
    carrier.fate = () => 'unreachable';
    await campaign();
    await pass(0);
    expect(await contacts()).toEqual(['waiting 0']);
    carrier.fate = () => 'accepts';
    await pass(59 * SECOND_MS);
    expect(carrier.asked).toHaveLength(1);
    await pass(SECOND_MS);
    expect(await attempts()).toEqual(['1 void not-placed', '2 placed queued']);
  });

  test('a number that the carrier refuses is over at once, and never called again', async (context) => {
    const { campaign, carrier, pass, attempts, contacts, audit } = await rig(context, size);
    carrier.fate = () => new CallRefused('number', 21_211, 'it is no number');
    await campaign();
    await pass(0);
    await pass(0);
    expect(await attempts()).toEqual(['1 over failed failed']);
    expect(await contacts()).toEqual(['never 1 failed']);
    expect(await audit()).toEqual(['dial all', 'settle outcome.failed']);
  });

  test('an account that is refused pauses the campaign, and nobody is lost', async (context) => {
    const { campaign, carrier, pass, contacts, store } = await rig(context, size);
    carrier.fate = () => new CallRefused('account', 20_003, 'it knows no such credentials');
    const { id } = await campaign('Reminders', 3);
    await pass(0);
    await pass(HOUR_MS);
    expect(await store.get(id)).toMatchObject({
      state: 'paused',
      pausedBy: 'the carrier refuses our calls: it knows no such credentials',
    });
    expect(await contacts()).toEqual(['waiting 0', 'waiting 0', 'waiting 0']);
  });
});
