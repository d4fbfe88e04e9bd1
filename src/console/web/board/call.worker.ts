// The socket into a call, beside the page: whatever the page draws, sound goes on in time.
import type { ToPlayout } from '../phone/wires.ts';
import type { FromCallWorker, ToCallWorker } from './call-wires.ts';

/** One of each side: 20 ms at 8 kHz. */
const FRAME_BYTES = 160;
const FRAME_MS = 20;
/** Behind what is now by more than this: what was is left out. */
const LATEST_MS = 400;

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

function listen(to: WebSocket, caller: MessagePort, agent: MessagePort): void {
  /** When all that was given to play will have been played, by this clock. */
  let playsUntilMs = 0;
  to.onmessage = ({ data }: MessageEvent<ArrayBuffer>) => {
    const nowMs = performance.now();
    if (playsUntilMs - nowMs > LATEST_MS) {
      for (const side of [caller, agent]) side.postMessage({ do: 'reset' } satisfies ToPlayout);
      playsUntilMs = nowMs;
    }
    playsUntilMs = Math.max(playsUntilMs, nowMs) + FRAME_MS;
    const both = new Uint8Array(data);
    play(caller, both.slice(0, FRAME_BYTES));
    play(agent, both.slice(FRAME_BYTES));
  };
}

const play = (side: MessagePort, frame: Uint8Array<ArrayBuffer>): void =>
  side.postMessage({ play: frame } satisfies ToPlayout, [frame.buffer]);
