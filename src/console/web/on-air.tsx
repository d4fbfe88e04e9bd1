// What goes on whichever view is looked at: a microphone of this page that somebody hears. Said in the frame, with the way back and
// the way out.
import { useSyncExternalStore, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { takeOver } from './board/take-over.ts';
import { callOf } from './phone/phone-state.ts';
import { phone } from './phone/phone.ts';
import { boardPath } from './routes.ts';

export function OnAir(): ReactNode {
  const [path] = useLocation();
  const { callId, now } = useSyncExternalStore(takeOver.subscribe, takeOver.read);
  const isPhoning = callOf(useSyncExternalStore(phone.subscribe, phone.read)) !== undefined;
  return (
    <div role="status">
      {now.is === 'speaking' && path !== boardPath(callId) && (
        <p className="on-air">
          <strong>You speak with a caller.</strong>
          <Link href={boardPath(callId)}>To the call</Link>
          <button type="button" className="small" onClick={() => takeOver.giveBack('')}>
            Give back
          </button>
        </p>
      )}
      {isPhoning && path !== '/phone' && (
        <p className="on-air">
          <strong>Your telephone is in a call.</strong>
          <Link href="/phone">To the telephone</Link>
          <button type="button" className="small" onClick={() => phone.hangUp()}>
            Hang up the telephone
          </button>
        </p>
      )}
    </div>
  );
}

/** For whoever is not let in any more. */
export function goOffAir(): void {
  phone.hangUp();
  takeOver.leave();
}
