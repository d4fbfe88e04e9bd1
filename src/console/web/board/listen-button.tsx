import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { FaultLine } from '../parts/states.tsx';
import { ListenIn, type Listening } from './listen-in.ts';

const OFF: Listening = { is: 'off', why: '' };

export function ListenButton({
  callId,
  refusal,
}: {
  callId: string;
  refusal: string | undefined;
}): ReactNode {
  const [now, setNow] = useState(OFF);
  const [fault, setFault] = useState<unknown>();
  const open = useRef<ListenIn>(undefined);
  const why = useId();
  useEffect(() => () => open.current?.stop(), []);
  const listen = async (): Promise<void> => {
    setFault(undefined);
    open.current = new ListenIn(callId, setNow);
    await open.current.start().catch(setFault);
  };
  const isOn = now.is !== 'off';
  const said = refusal ?? (now.is === 'off' ? now.why : '');
  return (
    <>
      <button
        type="button"
        aria-pressed={isOn}
        disabled={refusal !== undefined && !isOn}
        aria-describedby={why}
        onClick={() => (isOn ? open.current?.stop() : void listen())}
      >
        {isOn ? 'Stop listening' : 'Listen in'}
      </button>
      <span id={why} className="quiet small" role="status">
        {now.is === 'on' ? 'Caller on the left, agent on the right.' : said}
      </span>
      <FaultLine fault={fault} />
    </>
  );
}
