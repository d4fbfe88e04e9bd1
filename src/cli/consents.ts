// `liveline consents add` and `list`: the consents to be called that are on record.
import { canonicalNumber } from '../agents/canonical-number.ts';
import { consentOf } from '../http/consent-routes.ts';
import { timeOf } from './call-filters.ts';
import { timeText, zoneOf } from './calls-table.ts';
import { withOutbound, type OutboundDesk } from './campaign-desk.ts';
import { jsonText, visible } from './plain-text.ts';
import { EXIT_BAD_INPUT } from './serve.ts';
import { columnOf, tableLines } from './table.ts';

/** As typed. */
export interface NewConsentOptions {
  readonly kind: string;
  readonly source: string;
  readonly given?: string | undefined;
  readonly expires?: string | undefined;
  readonly wording?: string | undefined;
  readonly seller?: string | undefined;
}

/** Resolves to the exit code, as all commands here do; throws what the database throws. */
export async function addConsent(
  typed: string,
  options: NewConsentOptions,
  desk: OutboundDesk,
): Promise<number> {
  const { terminal, clock } = desk;
  const faults: string[] = [];
  const { kind, source, wording, seller } = options;
  const number = canonicalNumber(typed);
  if (number === undefined) faults.push(noNumber('consents add', typed));
  if (kind !== 'express' && kind !== 'written') faults.push(`--kind takes express or written, not "${kind}"`);
  if (source.trim() === '') faults.push('--source takes where it was given, such as the address of a form');
  const time = (option: string, text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    const iso = timeOf(text.trim(), clock.epochMs(), false);
    if (iso === undefined)
      faults.push(`--${option} takes a date or a time, such as 2026-03-01, not "${text}"`);
    return iso === undefined ? undefined : Date.parse(iso);
  };
  const givenAtMs = time('given', options.given) ?? clock.epochMs();
  const expiresAtMs = time('expires', options.expires);
  if (faults.length > 0 || number === undefined || (kind !== 'express' && kind !== 'written')) {
    for (const fault of faults) terminal.say(visible(fault));
    return EXIT_BAD_INPUT;
  }
  return withOutbound(desk, false, async ({ consents }) => {
    const added = await consents.add([{ number, kind, source, givenAtMs, expiresAtMs, wording, seller }]);
    terminal.print(
      added === 1
        ? `The consent of ${number} is on record.`
        : 'It was on record already; of both ends the earlier one counts.',
    );
    return 0;
  });
}

export async function listConsents(
  typed: string,
  options: { readonly json?: boolean | undefined; readonly utc?: boolean | undefined },
  desk: OutboundDesk,
): Promise<number> {
  const { terminal } = desk;
  const number = canonicalNumber(typed);
  if (number === undefined) {
    terminal.say(noNumber('consents list', typed));
    return EXIT_BAD_INPUT;
  }
  return withOutbound(desk, false, async ({ consents }) => {
    const found = (await consents.of(number)).map(consentOf);
    if (options.json === true) terminal.print(jsonText({ consents: found }, 2));
    else if (found.length === 0) terminal.print(`There is no consent of ${number} on record.`);
    else {
      const day = (iso: string | null): string =>
        iso === null ? '-' : timeText(iso, zoneOf(options)).slice(0, 16);
      const columns = [
        columnOf(found, { title: 'kind', least: 7 }, ({ kind }) => kind),
        columnOf(found, { title: 'given', least: 16 }, ({ givenAt }) => day(givenAt)),
        columnOf(found, { title: 'expires', least: 7 }, ({ expiresAt }) => day(expiresAt)),
        columnOf(found, { title: 'source', least: 8 }, ({ source }) => source),
        columnOf(found, { title: 'seller', least: 6 }, ({ seller }) => seller),
      ];
      for (const line of tableLines(columns, terminal.columns)) terminal.print(line);
    }
    return 0;
  });
}

const noNumber = (what: string, typed: string): string =>
  `${what} takes a phone number with + and its country, such as +15550100123, not "${visible(typed)}"`;
