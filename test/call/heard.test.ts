// What the caller heard is what is remembered: by the transcript, and by the model that is told the conversation.
import { expect, test } from 'vitest';
import { rig } from './rig.ts';

/** Three seconds of which the words come as they do from the API: a few at a time, ahead of their sound. */
function speaking() {
  const { clock, of, answered } = rig();
  const { session, line } = answered();
  session.callerSaid('When are you open?');
  session.say(40);
  session.agentSaid('We are open');
  session.say(960);
  session.agentSaid(' on Saturdays from nine');
  session.say(2_000);
  return { clock, of, session, line };
}

test('a turn that was cut is remembered as far as it was heard, also when words come late', () => {
  const { clock, of, session } = speaking();
  session.agentSaid(' until one.');
  // The 23 letters of the second piece lie in the last two seconds: 13 of them in 1,130 ms.
  clock.advance(1_000 + 1_150);
  session.interrupt();
  session.agentSaid(' Shall I go on?');
  session.callerSaid('And on Sundays?');
  const heard = [
    { who: 'caller', text: 'When are you open?' },
    { who: 'agent', text: 'We are open on Saturdays' },
    { who: 'caller', text: 'And on Sundays?' },
  ];
  expect(session.recalled()).toEqual(heard);
  session.lose();
  expect(session.recalled()).toEqual(heard);
  expect(of('transcript').findLast(({ entry }) => entry.who === 'agent')?.entry).toMatchObject({
    state: 'cut',
    text: 'We are open on Saturdays from nine until one. Shall I go on?',
    heard: 'We are open on Saturdays',
  });
});

test('a turn that broke off is remembered as far as it had its sound', () => {
  const { session } = speaking();
  session.agentSaid(' until one.');
  session.lose();
  expect(session.recalled()).toEqual([
    { who: 'caller', text: 'When are you open?' },
    { who: 'agent', text: 'We are open on Saturdays from nine' },
  ]);
});

test('when the caller hangs up, what was still to be played was not heard', () => {
  const { clock, of, session, line } = speaking();
  session.idle();
  clock.advance(500);
  line.stop();
  const last = of('transcript').findLast(({ entry }) => entry.who === 'agent');
  expect(last?.entry).toMatchObject({ state: 'cut', heard: 'We' });
});
