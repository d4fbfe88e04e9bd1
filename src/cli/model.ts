// `liveline model`: the simulated Live API on a port of its own, for servers and SDKs elsewhere.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LivelineError, messageOf } from '../base/errors.ts';
import { createLog } from '../base/log.ts';
import { textOf, type Fault } from '../simulator/model/faults/fault.ts';
import { startModel, type SimulatedModel } from '../simulator/model/server.ts';
import { aligned } from './aligned.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED } from './serve.ts';

export const RECEPTIONIST = fileURLToPath(
  new URL('../../fixtures/scripts/receptionist.yaml', import.meta.url),
);

export interface ModelCommand {
  readonly host: string;
  readonly port: number;
  readonly script: string | undefined;
  readonly faults: readonly string[];
}

/** What is going to go wrong, told before it does. */
export const armed = (faults: readonly Fault[]): string[] =>
  faults.length === 0 ? [] : [`The simulated model does wrong on purpose: ${faults.map(textOf).join(' · ')}`];

export async function model({ host, port, script = RECEPTIONIST, faults }: ModelCommand): Promise<void> {
  const simulated = await start();
  const { url } = simulated;
  console.log(
    [
      `A simulated Live API listens at ${url}. Whatever it hears, it follows ${relative(process.cwd(), script)}.`,
      'Point at it, with any key:',
      ...aligned([
        [`  GEMINI_BASE_URL=${url} npm start`, 'a Liveline, in rehearsal'],
        [`  httpOptions: { baseUrl: '${url}' }`, 'the GoogleGenAI of @google/genai'],
      ]),
      ...armed(simulated.faults),
      'Ctrl-C stops.',
    ].join('\n'),
  );
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void simulated.close().then(() => process.exit(0)));

  async function start(): Promise<SimulatedModel> {
    try {
      return await startModel({ script, host, port, faults, log: createLog({ level: 'info', secrets: [] }) });
    } catch (thrown) {
      console.error(`The simulated model cannot start: ${messageOf(thrown)}`);
      return process.exit(thrown instanceof LivelineError ? EXIT_BAD_INPUT : EXIT_FAILED);
    }
  }
}
