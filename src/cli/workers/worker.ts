// One worker of several, as it is to itself: told to stop by those who keep it or by a signal, and asked for its figures.
import cluster from 'node:cluster';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import type { Metrics } from '../../http/metrics-routes.ts';
import type { FromWorker, ToWorker } from './messages.ts';

export interface WorkerSide {
  /** Signals, and orders as if they were. */
  readonly signals: { on(signal: NodeJS.Signals, then: (signal: NodeJS.Signals) => void): unknown };
  /** The figures of all workers, where `own` are those of this one. */
  readonly metricsOf: (own: Metrics) => Metrics;
  readonly ready: () => void;
  /** Is done once, when only this worker is to leave: others have the port. */
  onRetire(then: () => void): void;
}

export interface WorkerSideOptions {
  readonly process: Pick<NodeJS.Process, 'on' | 'send' | 'connected'>;
  readonly clock: Clock;
  readonly log: Log;
}

/** A supervisor, and a terminal, send one signal to a whole group of processes: what we are told then is the same word again. */
const ONE_WORD_MS = 1_000;
/** Beyond what all workers together are given to answer. */
const FIGURES_WITHIN_MS = 3_000;

export function workerSide({ process, clock, log }: WorkerSideOptions): WorkerSide {
  const stops: ((signal: NodeJS.Signals) => void)[] = [];
  const retires: (() => void)[] = [];
  const waiting = new Map<number, (text: string | undefined) => void>();
  let own: Metrics | undefined;
  let asks = 0;
  let toldAtMs: number | undefined;

  const tell = (message: FromWorker): void => {
    if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
  };
  const stop = (signal: NodeJS.Signals): void => {
    toldAtMs ??= clock.nowMs();
    for (const then of stops) then(signal);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (toldAtMs === undefined || clock.nowMs() - toldAtMs >= ONE_WORD_MS) stop(signal);
  };
  const retire = (): void => {
    for (const then of retires) then();
    if (toldAtMs === undefined) stop('SIGTERM');
  };
  const answer = async (ask: number): Promise<void> => {
    // Who cannot say leaves the others to answer.
    const text = await own?.text().catch((thrown: unknown) => {
      log.warn({ reason: messageOf(thrown) }, 'the figures of this worker cannot be told');
    });
    tell({ is: 'answer', ask, text: text ?? '' });
  };
  const take = (message: ToWorker): void => {
    switch (message.is) {
      case 'order':
        if (message.order === 'retire') return retire();
        if (message.order === 'now' && toldAtMs === undefined) stop('SIGTERM');
        if (message.order === 'now' || toldAtMs === undefined) stop('SIGTERM');
        return;
      case 'asked':
        return void answer(message.ask);
      case 'figures':
        return waiting.get(message.ask)?.(message.text);
    }
  };
  const gather = async (alone: Metrics): Promise<string> => {
    asks += 1;
    const ask = asks;
    const text = await new Promise<string | undefined>((resolve) => {
      const late = clock.after(FIGURES_WITHIN_MS, () => resolve(undefined));
      waiting.set(ask, (told) => {
        late();
        resolve(told);
      });
      tell({ is: 'ask', ask });
    });
    waiting.delete(ask);
    return text === undefined || text === '' ? alone.text() : text;
  };

  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  // It goes to those who keep the workers; a terminal that is closed sends it to all.
  process.on('SIGHUP', () => undefined);
  process.on('message', (message) => take(message as ToWorker));
  process.on('disconnect', () => {
    log.error(
      'who keeps the workers is gone, and the port with it: this worker lets its calls finish and ends',
    );
    retire();
  });
  // Node ends a worker whose primary is gone, unless it was to leave.
  cluster.worker?.on('disconnect', () => {
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
  });

  return {
    signals: {
      on: (signal, then) => {
        if (signal === 'SIGTERM') stops.push(then);
      },
    },
    metricsOf(alone) {
      own = alone;
      return { text: () => gather(alone), contentType: alone.contentType };
    },
    ready: () => tell({ is: 'ready' }),
    onRetire: (then) => void retires.push(then),
  };
}
