// The telephone's stream: a socket in a thread of its own, so that whatever the page draws, no sound waits for it.
import { CallerWords, readServerWord } from './stream-words.ts';
import type { FromPlayout, FromWorker, ToPlayout, ToWorker } from './wires.ts';

type Opening = Extract<ToWorker, { do: 'open' }>;

let playout: MessagePort | undefined;
let stream: { readonly socket: WebSocket; readonly words: CallerWords } | undefined;
let clearedAtMs: number | undefined;

const tellPage = (told: FromWorker): void => self.postMessage(told);
const toPlayout = (word: ToPlayout): void => playout?.postMessage(word);

function say(text: (words: CallerWords) => string): void {
  if (stream?.socket.readyState === WebSocket.OPEN) stream.socket.send(text(stream.words));
}

function open({ url, ...names }: Opening): void {
  const { streamId } = names;
  const socket = new WebSocket(url);
  const opened = { socket, words: new CallerWords(names) };
  stream = opened;
  // Nothing of the stream before is played, or reported, in this one.
  toPlayout({ do: 'reset' });
  socket.onopen = () => {
    say((words) => words.connected());
    say((words) => words.start());
    tellPage({ is: 'open', streamId });
  };
  socket.onmessage = ({ data }) => {
    if (stream !== opened || typeof data !== 'string') return;
    const word = readServerWord(data);
    if (word?.event === 'media') toPlayout({ play: word.mulaw });
    else if (word?.event === 'mark') toPlayout({ mark: word.name });
    else if (word) {
      clearedAtMs = performance.now();
      toPlayout({ do: 'clear' });
    }
  };
  socket.onclose = ({ code }) => {
    if (stream === opened) {
      stream = undefined;
      toPlayout({ do: 'reset' });
    }
    tellPage({ is: 'closed', streamId, code });
  };
}

function hearPlayout({ marks, isCleared }: FromPlayout): void {
  for (const name of marks) say((words) => words.mark(name));
  if (!isCleared || clearedAtMs === undefined) return;
  tellPage({ is: 'cleared', tookMs: performance.now() - clearedAtMs });
  clearedAtMs = undefined;
}

self.onmessage = ({ data: told }: MessageEvent<ToWorker>) => {
  switch (told.do) {
    case 'take':
      playout = told.playout;
      playout.onmessage = ({ data }: MessageEvent<FromPlayout>) => hearPlayout(data);
      told.microphone.onmessage = ({ data }: MessageEvent<Uint8Array>) => say((words) => words.media(data));
      return;
    case 'open': {
      open(told);
      return;
    }
    case 'press': {
      say((words) => words.key(told.key));
      return;
    }
    case 'stop':
      say((words) => words.stop());
      stream?.socket.close(1000);
  }
};
