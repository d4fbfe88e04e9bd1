// Old IVRs for tests, and what an import makes of them in short words.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { carried } from '../../../src/ivr/menus/carry.ts';
import type { Carried } from '../../../src/ivr/menus/carried.ts';
import { leadsInWords } from '../../../src/ivr/menus/in-words.ts';
import { readFlow } from '../../../src/ivr/menus/studio-flow.ts';
import { oldMenuOfFlow } from '../../../src/ivr/menus/studio.ts';
import { readTwiml } from '../../../src/ivr/menus/twiml-documents.ts';
import { oldMenuOfTwiml } from '../../../src/ivr/menus/twiml.ts';

const MENUS = resolve(import.meta.dirname, '../../../fixtures/menus');

/** Documents by their path; what is not a whole document is put into a <Response>. */
export function ofTwiml(
  documents: Record<string, string>,
  start?: string,
  queues?: ReadonlyMap<string, string>,
): Carried {
  const read = Object.entries(documents).map(([path, xml]) => {
    const one = readTwiml(path, /^<(?:\?xml|Response)/.test(xml) ? xml : `<Response>${xml}</Response>`);
    if ('fault' in one) throw new Error(one.fault);
    return one;
  });
  return carried(oldMenuOfTwiml(read, start), queues);
}

export const ofFlow = (flow: object, queues?: ReadonlyMap<string, string>): Carried =>
  carried(oldMenuOfFlow(readFlow('flow.json', JSON.stringify(flow))), queues);

/** The TwiML documents, and the flow, that stand for what companies have. */
export const northwind = (): Carried => {
  const folder = join(MENUS, 'northwind-energy');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.xml'),
  );
  return ofTwiml(Object.fromEntries(names.map((name) => [name, readFileSync(join(folder, name), 'utf8')])));
};
export const harbour = (): Carried => {
  const text = readFileSync(join(MENUS, 'harbour-insurance.json'), 'utf8');
  return carried(oldMenuOfFlow(readFlow('harbour-insurance.json', text)));
};

/** `page key: where it leads`, for every option. */
export const shortly = ({ menu }: Carried): string[] =>
  menu.menus.flatMap(({ name, options }) =>
    options.map(({ key, leads }) => `${name} ${key}: ${leadsInWords(leads)}`),
  );

export const lost = ({ losses }: Carried): string[] => losses.map((one) => `${one.where}: ${one.lost}`);
