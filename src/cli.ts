// `npx liveline`: the commands. What each does is in cli/.
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { LivelineError, messageOf } from './base/errors.ts';
import { VERSION } from './config.ts';
import { faultOf, textOf } from './simulator/model/faults/fault.ts';
import type { Person } from './simulator/phone/people.ts';
import type { CallerStep } from './simulator/phone/script.ts';
import { call } from './cli/call.ts';
import { addCampaignCommands } from './cli/campaign-commands.ts';
import { addCrmCommands } from './cli/crm-commands.ts';
import { demo } from './cli/demo.ts';
import { doctor } from './cli/doctor.ts';
import { faultHelp } from './cli/fault-help.ts';
import { addMenuCommands } from './cli/menu-commands.ts';
import { model } from './cli/model.ts';
import { addNodeCommands } from './cli/node-commands.ts';
import { CONDUCTS, personOf } from './cli/own-network.ts';
import { addRecordCommands } from './cli/record-commands.ts';
import { EXIT_BAD_INPUT, EXIT_FAILED, serve } from './cli/serve.ts';

/** "1.2s", "800ms" or "800" (milliseconds). */
function duration(text: string): number {
  const parts = /^(\d+(?:\.\d+)?)(s|ms)?$/.exec(text);
  if (!parts) throw new InvalidArgumentError('Give a time such as 1.2s or 800ms.');
  return Number(parts[1]) * (parts[2] === 's' ? 1_000 : 1);
}

function port(text: string): number {
  if (!/^\d+$/.test(text) || Number(text) > 65_535)
    throw new InvalidArgumentError('Give a whole number up to 65535.');
  return Number(text);
}

/** Checked here, so that a mistake is told before anything starts; `help` ends as --help does. */
function fault(text: string, before: readonly string[]): string[] {
  if (text === 'help') {
    console.log(faultHelp());
    throw new CommanderError(0, 'liveline.faultHelp', '');
  }
  try {
    return [...before, textOf(faultOf(text))];
  } catch (thrown) {
    throw new InvalidArgumentError(messageOf(thrown));
  }
}

function person(text: string, before: readonly Person[]): Person[] {
  try {
    return [...before, personOf(text)];
  } catch (thrown) {
    throw new InvalidArgumentError(messageOf(thrown));
  }
}

const faultOption = (): Option =>
  new Option(
    '--fault <fault>',
    'what the simulated model does wrong, e.g. close:code=1011,on=agent-speaking,after=300ms (may be repeated; help lists them)',
  )
    .argParser(fault)
    .default([], 'nothing');

const program = new Command('liveline')
  .description('A telephony voice agent server: phone calls to the Gemini Live API and back.')
  .version(VERSION)
  .showHelpAfterError('(--help says more)')
  .exitOverride();

program.command('serve').description('run the server (as npm start does)').action(serve);

program
  .command('demo')
  .description('place a phone call through everything, on simulators, without any account')
  .option('--once', 'exit when the call has ended')
  .addOption(faultOption())
  .action((options: { once?: boolean; fault: string[] }) =>
    demo({ once: options.once ?? false, faults: options.fault }),
  );

program
  .command('doctor')
  .description('check configuration, profiles, ports, public address and keys, and say what is missing')
  .action(doctor);

/** What the caller does, in the order of the command line. */
const script: CallerStep[] = [];

/** Changes the `--say` that stands before it. */
function interrupt(afterMs: number): void {
  const step = script.at(-1);
  if (!step || !('say' in step)) throw new InvalidArgumentError('Put it after its --say.');
  script.splice(-1, 1, { ...step, when: { agentSpokeForMs: afterMs } });
}

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
    ).argParser((text: string) => interrupt(duration(text))),
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
  .addOption(
    new Option(
      '--person <number:does>',
      `somebody whom the call can be passed on to, e.g. +12025550111:answers (${CONDUCTS.join(', ')}; may be repeated)`,
    )
      .argParser(person)
      .default([], 'nobody'),
  )
  .option('--record <wav>', 'write what was said and heard: caller left, agent right')
  .action(
    (options: {
      url: string;
      from: string;
      to: string;
      record?: string;
      patience?: number;
      person: Person[];
    }) =>
      call({
        ...options,
        ...{ script, record: options.record, patienceMs: options.patience, people: options.person },
      }),
  );

program
  .command('model')
  .description('run the simulated Live API alone, for a server or an SDK elsewhere')
  .option('--port <port>', 'where it listens', port, 9090)
  .option('--host <host>', 'the address it listens on', '127.0.0.1')
  .option('--script <file>', 'what it says (default: fixtures/scripts/receptionist.yaml)')
  .addOption(faultOption())
  .action(({ fault: faults, ...options }: { port: number; host: string; script?: string; fault: string[] }) =>
    model({ ...options, script: options.script, faults }),
  );

addRecordCommands(program);
addCrmCommands(program);
addMenuCommands(program);
addCampaignCommands(program);
addNodeCommands(program);

try {
  await program.parseAsync();
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    // Help and version end in such an error too, with code 0; what it was about has been printed.
    process.exitCode = thrown.exitCode === 0 ? 0 : EXIT_BAD_INPUT;
  } else if (thrown instanceof LivelineError) {
    console.error(thrown.message);
    process.exit(EXIT_FAILED);
  } else {
    throw thrown;
  }
}
