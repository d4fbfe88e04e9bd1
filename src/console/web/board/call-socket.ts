// The page's end of a socket into one call, which a worker holds; and what its end means.
import { withParameters } from '../api.ts';
import { NOT_LOADED } from '../phone/sound-faults.ts';
import CallWorker from './call.worker.ts?worker';
import type { FromCallWorker, ToCallWorker } from './call-wires.ts';

export interface CallSocketListener {
  readonly onOpen?: () => void;
  readonly onSaid?: (text: string) => void;
  /** Once and last, unless it was closed here. `why`: for people. */
  readonly onClosed: (why: string) => void;
}

type Opening = Extract<ToCallWorker, { do: 'take-over' | 'listen' }>;
type WithoutUrl<Wires> = Wires extends Opening ? Omit<Wires, 'url'> : never;

/** A worker has closed its socket by then; one that is not heard of is ended all the same. */
const CLOSES_WITHIN_MS = 1_000;

export class CallSocket {
  readonly #worker = new CallWorker();

  constructor(callId: string, wires: WithoutUrl<Opening>, to: CallSocketListener) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromCallWorker>) => {
      if (data.is === 'open') return to.onOpen?.();
      if (data.is === 'said') return to.onSaid?.(data.text);
      this.#worker.terminate();
      to.onClosed(whyClosed(data));
    };
    this.#worker.onerror = () => {
      this.#worker.terminate();
      to.onClosed(NOT_LOADED);
    };
    const url = new URL(withParameters(`/console/${wires.do}`, { call: callId }), location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    const ports = wires.do === 'listen' ? [wires.caller, wires.agent] : [wires.microphone];
    this.#post({ ...wires, url: url.href }, ports);
  }

  say(word: unknown): void {
    this.#post({ do: 'say', text: JSON.stringify(word) });
  }

  /** Nothing more is told of it. */
  close(): void {
    this.#worker.onerror = null;
    this.#worker.onmessage = ({ data }: MessageEvent<FromCallWorker>) => {
      if (data.is === 'closed') this.#worker.terminate();
    };
    this.#post({ do: 'close' });
    setTimeout(() => this.#worker.terminate(), CLOSES_WITHIN_MS);
  }

  #post(word: ToCallWorker, ports: MessagePort[] = []): void {
    this.#worker.postMessage(word, ports);
  }
}

/** RFC 6455 §7.4.1: nobody said why. */
const ABNORMAL = 1006;

function whyClosed({ code, reason }: Extract<FromCallWorker, { is: 'closed' }>): string {
  if (reason !== '') return reason;
  return code === ABNORMAL
    ? 'The connection to the server is gone, or it takes none from this page: try again.'
    : 'The server has closed the connection.';
}
