// `liveline doctor`: is everything there that a real call needs? Says what is missing and where to get it.
import { styleText } from 'node:util';
import { environment, type Config } from '../config.ts';
import { aligned } from './aligned.ts';
import { examine, lacking } from './checks.ts';
import type { Finding } from './finding.ts';
import { configOrExit, EXIT_FAILED } from './serve.ts';

export async function doctor(): Promise<void> {
  const config = configOrExit(environment());
  let faults = 0;
  for await (const finding of examine(config)) {
    print(finding);
    if (finding.verdict === 'fault') faults += 1;
  }
  console.log(`\n${closing(config, faults)}`);
  process.exit(faults === 0 ? 0 : EXIT_FAILED);
}

function print({ verdict, what, says }: Finding): void {
  const sign = {
    ok: styleText('green', ' ok  '),
    note: styleText('yellow', 'note '),
    fault: styleText('red', 'FAULT'),
  }[verdict];
  console.log(`${sign}  ${what.padEnd(15)} ${says.replaceAll('\n', `\n${' '.repeat(23)}`)}`);
}

export function closing(config: Config, faults: number): string {
  if (faults > 0) return faults === 1 ? 'Mend this fault first.' : `Mend these ${faults} faults first.`;
  const missing = [...lacking(config)];
  if (missing.length === 0) return 'Nothing stands in the way of a call.';
  const ready = config.rehearsal ? 'Ready to rehearse.' : 'Ready for calls from this machine.';
  return [`${ready} For a real call set:`, ...aligned(missing)].join('\n  ');
}
