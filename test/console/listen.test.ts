import { expect, test } from 'vitest';
import { listenIn } from '../../src/console/listen.ts';
import { frame, id, rig } from '../call/rig.ts';

function listening() {
  const all = rig();
  const { line, session } = all.answered();
  const heard: Uint8Array[] = [];
  let closed = 0;
  const listener = {
    send: (sound: Uint8Array) => void heard.push(sound),
    unsentBytes: 0,
    close: () => void (closed += 1),
  };
  const stop = listenIn(all.switchboard.tape(id)!, listener);
  return { ...all, line, session, heard, listener, stop, closedTimes: () => closed };
}

test('each frame of the caller comes with as much of the agent', () => {
  const { line, session, heard, clock } = listening();
  session.say(1_000);
  for (let n = 0; n < 10; n++) {
    line.speak(frame(n + 1));
    clock.advance(20);
  }
  expect(heard.map(({ length }) => length)).toEqual(Array<number>(10).fill(320));
  expect(heard.map(([first]) => first)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  const agent = Buffer.concat(heard.map((both) => both.subarray(160)));
  expect(agent).toEqual(Buffer.from(line.heard.subarray(0, 1_600)));
});

test('who is behind is left out until they are not, and hears what is now', () => {
  const { line, heard, listener } = listening();
  line.speak(frame(1));
  listener.unsentBytes = 40_000;
  line.speak(frame(2), frame(3));
  listener.unsentBytes = 0;
  line.speak(frame(4));
  expect(heard.map(([first]) => first)).toEqual([1, 4]);
});

test('it ends with the call, or by itself', () => {
  const one = listening();
  one.line.stop();
  expect(one.closedTimes()).toBe(1);
  const two = listening();
  two.stop();
  two.line.speak(frame(1));
  two.line.stop();
  expect([two.heard, two.closedTimes()]).toEqual([[], 0]);
});
