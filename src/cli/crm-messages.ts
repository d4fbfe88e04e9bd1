// `liveline crm messages`: what callers left for the staff.
import { styleText } from 'node:util';
import type { LeftMessage } from '../crm/left-messages.ts';
import { timeOf } from './call-filters.ts';
import { timeText, zoneOf } from './calls-table.ts';
import { using, type CrmDesk } from './crm-desk.ts';
import { jsonText, visible, wrapped } from './plain-text.ts';
import { EXIT_BAD_INPUT } from './serve.ts';

/** As typed. */
export interface MessagesOptions {
  readonly since?: string | undefined;
  readonly json?: boolean | undefined;
  readonly utc?: boolean | undefined;
}

export const USUALLY_SINCE = '7d';
const MOST = 500;
const INDENT = '  ';

/** Resolves to the exit code. */
export function listMessages(options: MessagesOptions, desk: CrmDesk): Promise<number> {
  const { terminal, clock } = desk;
  const refuse = (why: string): Promise<number> => {
    terminal.say(why);
    return Promise.resolve(EXIT_BAD_INPUT);
  };
  if (desk.is !== 'postgres')
    return refuse(
      "crm messages reads Liveline's own CRM, and another one is configured (CRM in the environment): callers' messages are in there.",
    );
  const { since: asked = USUALLY_SINCE, json = false, utc = false } = options;
  const since = timeOf(asked.trim(), clock.epochMs(), utc);
  if (since === undefined)
    return refuse(
      `--since takes a date, a time such as 2026-09-14T15:04, or how long ago: 90m, 2h, 3d, not "${visible(asked)}"`,
    );
  return using(
    desk,
    () => desk.openOwn(false),
    async (own, signal) => {
      const found = await own.messages(Date.parse(since), MOST + 1, signal);
      const [messages, more] = [found.slice(0, MOST), found.length > MOST];
      if (json) {
        terminal.print(jsonText({ since, messages, more }, 2));
        return 0;
      }
      if (messages.length === 0)
        terminal.print(`Nobody has left a message since ${timeText(since, zoneOf(options))}.`);
      for (const message of messages)
        for (const line of told(message, options, terminal.columns)) terminal.print(line);
      if (more) terminal.print(`These are the newest ${MOST}; there are older ones.`);
      return 0;
    },
  );
}

function told(
  { kind, number, title, text, from, status, leftAt }: LeftMessage,
  options: MessagesOptions,
  columns: number,
): string[] {
  const when = timeText(leftAt, zoneOf(options)).slice(0, 16);
  const about = kind === 'ticket' ? `: ${visible(title)}` : '';
  return [
    styleText('bold', `${visible(number)}  ${when}  ${kind} from ${visible(from)}${about}`) +
      (status === 'open' ? '' : ` (${visible(status)})`),
    ...wrapped([{ text }], Math.max(2, columns - INDENT.length)).map((line) => INDENT + line),
    '',
  ];
}
