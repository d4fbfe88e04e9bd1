// `npx liveline`: the commands. What each does is in cli/.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { CallerStep, When } from './simulator/phone/script.ts';
import { call } from './cli/call.ts';
import { demo } from './cli/demo.ts';
import { doctor } from './cli/doctor.ts';
import { serve } from './cli/serve.ts';

/** "1.2s", "800ms" or "800" (milliseconds). */
function duration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(s|ms)?$/.exec(text);
  if (!parts) throw new InvalidArgumentError('Give a time such as 1.2s or 800ms.');
  return Number(parts[1]) * (parts[2] === 's' ? 1_000 : 1);
}

const program = new Command('liveline')
  .description('A telephony voice agent server: phone calls to the Gemini Live API and back.')
  .showHelpAfterError();

program.command('serve').description('run the server (as npm start does)').action(serve);

program
  .command('demo')
  .description('place a phone call through everything, on simulators, without any account')
  .option('--once', 'exit when the call has ended')
  .action((options: { once?: boolean }) => demo({ once: options.once ?? false }));

program
  .command('doctor')
  .description('check configuration, profiles, ports, public address and keys, and say what is missing')
  .action(doctor);

/** What the caller does, in the order of the command line. */
const script: CallerStep[] = [];
const last = (): CallerStep => {
  const step = script.at(-1);
  if (!step) throw new InvalidArgumentError('Put it behind the --say or --digits it belongs to.');
  return step;
};
const lastWhen = (when: When): void => void script.splice(-1, 1, { ...last(), when });

program
  .command('call')
  .description('let a simulated phone dial a running server')
  .option('--url <url>', 'the server', 'http://127.0.0.1:8080')
  .option('--from <number>', 'who calls', '+15550100123')
  .option('--to <number>', 'the number dialled', '+15550100100')
  .addOption(
    new Option('--say <wav>', 'say this once the agent is quiet (may be repeated)').argParser((wav: string) =>
      script.push({ say: wav }),
    ),
  )
  .addOption(
    new Option(
      '--interrupt-after <time>',
      'say the --say before it into the agent’s speech, this long after it began',
    ).argParser((text: string) => lastWhen({ agentSpokeForMs: duration(text) })),
  )
  .addOption(
    new Option('--digits <keys>', 'press these keys once the agent is quiet').argParser((keys: string) =>
      script.push({ press: keys, when: 'agentQuiet' }),
    ),
  )
  .addOption(
    new Option('--hang-up-after <time>', 'hang up this long after the step before').argParser(
      (text: string) => script.push({ hangUp: true, when: { afterMs: duration(text) } }),
    ),
  )
  .option('--patience <time>', 'hang up when nobody spoke for so long', duration)
  .option('--record <wav>', 'write what was said and heard: caller left, agent right')
  .action((options: { url: string; from: string; to: string; record?: string; patience?: number }) =>
    call({ ...options, script, record: options.record, patienceMs: options.patience }),
  );

await program.parseAsync();
