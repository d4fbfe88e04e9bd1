// A listener whose faults stay its own: a timer may be what brings it news, and what is done after that must be done.
import type { Log } from '../../base/log.ts';
import type { SessionListener } from '../session.ts';

export const DEAF: SessionListener = {
  onAudio: () => undefined,
  onEvent: () => undefined,
  recall: () => [],
};

export const guarded = (to: SessionListener, log: Log): SessionListener => ({
  onAudio: (pcm, turn) => to.onAudio(pcm, turn),
  onEvent(event) {
    try {
      to.onEvent(event);
    } catch (err) {
      log.error({ err, event: event.type }, 'a call did not take news of its model: a fault in this server');
    }
  },
  recall() {
    try {
      return to.recall();
    } catch (err) {
      log.error({ err }, 'a call did not say what was said in it: a fault in this server');
      return [];
    }
  },
});
