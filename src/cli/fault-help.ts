// `--fault help`: every fault of the simulated model, as its schema describes it. Knows no fault by name.
import { DEEDS } from '../simulator/model/faults/deeds.ts';
import { faultOf, written } from '../simulator/model/faults/fault.ts';
import { MOMENTS } from '../simulator/model/faults/terms.ts';
import { TRAPS } from '../simulator/model/faults/traps.ts';
import { aligned } from './aligned.ts';

type Kind = (typeof DEEDS)[number] | (typeof TRAPS)[number];
type Row = readonly [string, string];

export const faultHelp = (): string =>
  [
    'What the simulated model can be asked to do wrong: --fault NAME or --fault NAME:field=value,field=value, as often as wanted.',
    ...group('Done to a socket, at a moment of its conversation:', DEEDS),
    ...group('Done at the next chance, whatever socket brings it:', TRAPS),
    '\nThe moments (on):',
    ...aligned(Object.entries(MOMENTS).map(([name, meaning]): Row => [`  ${name}`, meaning])),
    '\nTimes are written 300ms, 1.5s or 2m. Examples:',
    ...aligned([
      ['  --fault drop:on=caller-speaking,after=1s', 'the connection is gone while the caller speaks'],
      [
        '  --fault go-away:timeLeft=10s,every=2m',
        'every two minutes the socket ends, with ten seconds of warning',
      ],
    ]),
  ].join('\n');

/** Each kind with its own fields, and with those of all whose default is its own; then what all of them take. */
function group(title: string, kinds: readonly [Kind, ...Kind[]]): string[] {
  const [first] = kinds;
  const shared = Object.keys(first.shape).filter((key) => kinds.every(({ shape }) => key in shape));
  const usual = defaultsOf(first);
  const rows = kinds.flatMap((kind): Row[] => {
    const defaults = defaultsOf(kind);
    const own = Object.keys(kind.shape).filter(
      (key) => !shared.includes(key) || defaults[key] !== usual[key],
    );
    return [
      [`  ${kind.shape.fault.value}`, kind.description ?? ''],
      ...own.filter((key) => key !== 'fault').map((key) => fieldOf(kind, key)),
    ];
  });
  const all = shared.filter((key) => key !== 'fault').map((key) => fieldOf(first, key));
  return [`\n${title}`, ...aligned(rows), '  each of them also takes', ...aligned(all)];
}

function fieldOf(kind: Kind, key: string): Row {
  const usual = defaultsOf(kind)[key];
  const shape: Readonly<Record<string, { readonly description?: string | undefined }>> = kind.shape;
  const value = usual === undefined || usual === '' ? '…' : written(key, usual);
  return [`    ${key}=${value}`, shape[key]?.description ?? ''];
}

const defaultsOf = (kind: Kind): Readonly<Record<string, string | number | boolean | undefined>> => ({
  ...faultOf({ fault: kind.shape.fault.value }),
});
