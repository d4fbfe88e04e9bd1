// `liveline serve` with several workers: the process that keeps them. It has the port, which node:cluster shares among them,
// and serves nobody itself: that it ends for a fault in a call cannot be.
import cluster, { type Worker as ClusterWorker } from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import type { Log } from '../../base/log.ts';
import { withoutFile, type Config } from '../../config.ts';
import { standInModel, standInPhones } from '../../rehearsal.ts';
import { Crew, type WorkerNews } from './crew.ts';
import { FigureDesk } from './figure-desk.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { asVariable } from './worker-place.ts';

export interface PrimaryOptions {
  readonly signals: { on(signal: NodeJS.Signals, then: () => void): unknown };
  readonly exit: (code: number) => never;
  readonly clock: Clock;
  readonly log: Log;
}

/** Never resolves: `exit` is called once the last worker is gone. Rejects when a rehearsal's stand-ins cannot start. */
export async function keepWorkers(config: Config, options: PrimaryOptions): Promise<void> {
  const { signals, exit, clock, log } = options;
  let stop: () => void = () => exit(0);
  let renew: () => void = () => undefined;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    signals.on(signal, () => {
      log.info({ signal }, 'stopping the workers; send the signal again to end their calls now');
      stop();
    });
  signals.on('SIGHUP', () => {
    log.info('replacing the workers, one after the other');
    renew();
  });

  const model = await standInModel(config, { clock, log });
  const phones = await standInPhones(config, { clock, log });
  const standIns = { model: model?.url, phones: phones?.url };
  const port = config.http.port === 0 ? await anyPort(config.http.host) : undefined;
  const desk = new FigureDesk(clock);
  const crew = new Crew({
    ...{ size: config.http.workers, clock, log, onOver: (code) => exit(code) },
    start: (number, news) => {
      const worker = cluster.fork({
        ...withoutFile(),
        ...(port === undefined ? {} : { PORT: port }),
        ...asVariable({ number, standIns }),
      });
      listen(worker, news, desk, log);
      return {
        pid: worker.process.pid,
        tell: (order) => send(worker, { is: 'order', order }),
        kill: () => void worker.process.kill('SIGKILL'),
      };
    },
  });
  stop = () => crew.stop();
  renew = () => crew.renew();
  crew.begin();
  await new Promise(() => undefined);
}

function listen(worker: ClusterWorker, news: WorkerNews, desk: FigureDesk, log: Log): void {
  const seat = desk.join((message) => send(worker, message));
  worker.on('message', (message: FromWorker) => {
    if (message.is === 'ready') news.ready();
    else seat.take(message);
  });
  worker.on('error', (error) =>
    log.warn({ reason: messageOf(error) }, 'a worker could not be told something'),
  );
  worker.on('exit', (code, signal) => {
    seat.leave();
    // Node says 0 and an empty signal for what the other says.
    news.gone(signal ? null : code, signal || null);
  });
}

/** To a worker that is going it is not said. */
function send(worker: ClusterWorker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, undefined, undefined, () => undefined);
}

/** All workers listen on the same, and a worker that is replaced must find it again. */
async function anyPort(host: string): Promise<number> {
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
