// The socket into a call, beside the page: whatever the page draws, sound goes on in time.
import type { FromPlayout, ToPlayout } from '../phone/wires.ts';
import type { FromCallWorker, ToCallWorker } from './call-wires.ts';

/** One of each side: 20 ms at 8 kHz. */
const FRAME_BYTES = 160;
/** Frames, 400 ms: whoever is further behind hears what is now, and not what was. */
const MOST_WAITING = 20;

const tell = (word: FromCallWorker): void => postMessage(word);

let socket: WebSocket | undefined;

onmessage = ({ data }: MessageEvent<ToCallWorker>) => {
  switch (data.do) {
    case 'take-over': {
      takeOver(connect(data.url), data.microphone);
      return;
    }
    case 'listen': {
      listen(connect(data.url), data.caller, data.agent);
      return;
    }
    case 'say':
      return socket?.send(data.text);
    case 'close':
      socket?.close();
  }
};

function connect(url: string): WebSocket {
  socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  socket.onopen = () => tell({ is: 'open' });
  socket.onclose = ({ code, reason }) => tell({ is: 'closed', code, reason });
  return socket;
}

function takeOver(to: WebSocket, microphone: MessagePort): void {
  // The server's first word says whether the call was taken.
  let isTaken = false;
  to.onmessage = ({ data }: MessageEvent<string>) => {
    isTaken = true;
    tell({ is: 'said', text: data });
  };
  // From the first frame on, so that none of before waits to be heard late.
  microphone.onmessage = ({ data }: MessageEvent<Uint8Array<ArrayBuffer>>) => {
    if (isTaken && to.readyState === WebSocket.OPEN) to.send(data);
  };
}

/** Each frame of the caller's is marked, so that it is known how many wait to be played. */
function listen(to: WebSocket, caller: MessagePort, agent: MessagePort): void {
  let [sent, played] = [0, 0];
  caller.onmessage = ({ data }: MessageEvent<FromPlayout>) => {
    for (const mark of data.marks) played = Math.max(played, Number(mark));
  };
  to.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    if (sent - played > MOST_WAITING) {
      for (const side of [caller, agent]) side.postMessage({ do: 'reset' } satisfies ToPlayout);
      played = sent;
    }
    sent += 1;
    const both = new Uint8Array(data);
    play(caller, both.slice(0, FRAME_BYTES));
    caller.postMessage({ mark: String(sent) } satisfies ToPlayout);
    play(agent, both.slice(FRAME_BYTES));
  };
}

const play = (side: MessagePort, frame: Uint8Array<ArrayBuffer>): void =>
  side.postMessage({ play: frame } satisfies ToPlayout, [frame.buffer]);
