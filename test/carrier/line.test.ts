// Every line keeps the same rules: Twilio's over a real socket, and the double that other rooms are tested with.
import { createTwilioAcceptor } from '../../src/carrier/twilio/acceptor.ts';
import { silentLog } from '../../src/base/log.ts';
import { lineContract } from '../contracts/line.contract.ts';
import { FakeLine } from '../doubles/fake-line.ts';
import { ManualClock } from '../doubles/manual-clock.ts';
import { connected, openSockets, settle, start, TwilioPeer } from './twilio/twilio-peer.ts';

lineContract('FakeLine', () => {
  const clock = new ManualClock();
  const line = new FakeLine(clock);
  const settle = (): Promise<void> => Promise.resolve();
  return {
    line,
    speak: (frame) => line.speak(frame),
    press: (digit) => line.press(digit),
    stop: () => line.stop(),
    drop: () => line.drop(),
    settle,
    pass(ms) {
      clock.advance(ms);
      return settle();
    },
    get told() {
      return line.log.filter((what) => what !== 'close');
    },
    get heard() {
      return line.heard;
    },
    dispose: settle,
  };
});

lineContract('TwilioLine', async () => {
  const clock = new ManualClock();
  const acceptor = createTwilioAcceptor({ clock, log: silentLog });
  const { ours, theirs, opened, dispose } = await openSockets((socket) => acceptor.accept(socket));
  const peer = new TwilioPeer(theirs, clock);
  peer.send(connected);
  peer.send(start);
  const { line } = await opened;
  return {
    line,
    speak: (frame) => peer.speak(frame),
    press: (digit) => peer.press(digit),
    stop: () => peer.stop(),
    drop: () => theirs.terminate(),
    settle: () => settle(ours, theirs),
    async pass(ms) {
      clock.advance(ms);
      await settle(ours, theirs);
    },
    get told() {
      return peer.told.map(({ event }) => (event === 'media' ? 'play' : event));
    },
    get heard() {
      return peer.playback.heard;
    },
    dispose,
  };
});
