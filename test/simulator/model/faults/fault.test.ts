// How faults are written: every one survives its text form, and what is wrong is told with what there is.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LivelineError } from '../../../../src/base/errors.ts';
import { DEEDS } from '../../../../src/simulator/model/faults/deeds.ts';
import { faultOf, textOf, type Fault } from '../../../../src/simulator/model/faults/fault.ts';
import { TRIGGERS } from '../../../../src/simulator/model/faults/terms.ts';
import { TRAPS } from '../../../../src/simulator/model/faults/traps.ts';
import { scriptOf } from '../../../../src/simulator/model/script.ts';

const wrong = (source: string | object): string => {
  try {
    faultOf(source as string);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(LivelineError);
    expect((thrown as LivelineError).code).toBe('SCRIPT_INVALID');
    return (thrown as LivelineError).message;
  }
  return 'nothing';
};

const durations = fc.integer({ min: 0, max: 86_400_000 });
const code = fc.oneof(
  fc.integer({ min: 1_000, max: 1_003 }),
  fc.integer({ min: 1_007, max: 1_014 }),
  fc.integer({ min: 3_000, max: 4_999 }),
);
const values: Record<string, fc.Arbitrary<unknown>> = {
  on: fc.constantFrom(...TRIGGERS),
  nth: fc.integer({ min: 1, max: 1_000 }),
  times: fc.oneof(fc.integer({ min: 1, max: 1_000 }), fc.constant(Infinity)),
  after: durations,
  every: fc.integer({ min: 1, max: 86_400_000 }),
  for: durations,
  under: durations,
  timeLeft: durations,
  code,
  status: fc.integer({ min: 400, max: 599 }),
  cut: fc.boolean(),
  sent: fc.boolean(),
  reason: fc
    .oneof(fc.string(), fc.constantFrom('a, or b, or c', ' a = b ', 'x:y=z', '=', 'not, so'))
    .filter((text) => !/,\s*[a-z][a-zA-Z]*=|[\r\n]/.test(text)),
};
const anyFault: fc.Arbitrary<Fault> = fc.constantFrom(...DEEDS, ...TRAPS).chain((schema) => {
  const fields = Object.keys(schema.shape).filter((key) => key !== 'fault');
  const usual = faultOf({ fault: schema.shape.fault.value });
  return fc
    .record(Object.fromEntries(fields.map((key) => [key, values[key]!])), { requiredKeys: [] })
    .map((chosen) => ({ ...usual, ...chosen }));
});

test('what a fault is written as reads as that very fault', () => {
  fc.assert(
    fc.property(anyFault, (fault) => {
      expect(faultOf(textOf(fault))).toEqual(fault);
    }),
    { numRuns: 1_000 },
  );
});

test('no text throws anything but SCRIPT_INVALID', () => {
  const pieces = fc.constantFrom(
    'close',
    'mute',
    ':',
    ',',
    '=',
    'code',
    'for',
    '1011',
    '2s',
    '__proto__',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(pieces).map((all) => all.join('')),
      ),
      (text) => {
        const faults = wrong(text);
        expect(faults).not.toBe('');
      },
    ),
  );
});

test('the text form, in full', () => {
  expect(faultOf('close:code=1011,reason=Internal error,on=agent-speaking,after=300ms')).toEqual({
    fault: 'close',
    code: 1_011,
    reason: 'Internal error',
    on: 'agent-speaking',
    nth: 1,
    after: 300,
  });
  expect(
    faultOf('close: code=1008, reason=Operation is not implemented, or supported, on=idle'),
  ).toMatchObject({
    code: 1_008,
    reason: 'Operation is not implemented, or supported',
    on: 'idle',
  });
  expect(faultOf('go-away:every=2m,timeLeft=9.5s,cut=false')).toMatchObject({
    every: 120_000,
    timeLeft: 9_500,
    cut: false,
  });
  expect(textOf(faultOf('go-away:every=2m,timeLeft=9500ms,sent=true'))).toBe(
    'go-away:timeLeft=9.5s,every=120s',
  );
});

test('every kind will do with nothing but its name', () => {
  for (const { shape } of [...DEEDS, ...TRAPS]) {
    const fault = shape.fault.value;
    expect(textOf(faultOf(fault))).toBe(fault);
  }
});

test.each<[string | object, RegExp]>([
  ['', /^expected a fault; there are go-away, close, .*needless-interrupt$/],
  ['nope', /^there is no fault "nope"; there are go-away, close, /],
  ['close:x=1', /^close takes no x; it takes code, reason, on, /],
  ['close:code', /^expected key=value, not "code"$/],
  ['close:', /^expected key=value, not ""$/],
  ['close:=1', /^expected key=value, not "=1"$/],
  ['mute:for=1s,for=2s', /^for stands twice$/],
  ['mute:fault=drop', /^fault stands twice$/],
  ['close:code=1006', /^code: expected a code that a close frame may carry \(for 1006, use drop\)$/],
  ['close:code=999', /^code: expected a code/],
  ['close:code=x', /^code: expected a code that a close frame may carry/],
  ['mute:for=2', /^for: expected a duration such as 300ms, 1\.5s or 2m$/],
  ['mute:for=25000000s', /^for: expected a duration of at most a day$/],
  ['drop:on=never', /^on: expected one of upgrade, .*, idle$/],
  ['drop:times=0', /^times: expected a whole number from 1, or always$/],
  ['drop:times=x', /^times: expected a whole number from 1, or always$/],
  ['drop:nth=0', /^nth: expected a whole number from 1 to 1000000$/],
  ['drop:nth=x', /^nth: expected a whole number/],
  ['drop:nth=1.5', /^nth: expected a whole number/],
  ['close:code=1000.5', /^code: expected a code/],
  ['drop:every=0s', /^every: expected more than nothing$/],
  ['go-away:cut=perhaps', /^cut: expected true or false$/],
  ['refuse-upgrade:status=200', /^status: expected a whole number from 400 to 599$/],
  ['forget:every=2s', /^forget takes no every; /],
  [{ fault: 'close', reason: 'a,b=c' }, /^reason: expected one line without/],
  [{ fault: 'close', on: 1 }, /^on: expected one of /],
  [{ fault: 'close', reason: 5 }, /^reason: expected text$/],
  [{ fault: 'close', after: 5 }, /^after: expected a duration such as /],
  [{}, /^expected a fault; /],
])('%j is told', (source, words) => {
  expect(wrong(source)).toMatch(words);
});

test('a script asks for faults as mappings or as text, and is told where one is wrong', () => {
  const faults = [{ fault: 'mute', for: '2s', on: 'idle', times: 'always' }, 'drop:on=tool-running'];
  expect(scriptOf({ name: 'x', faults }, '.').faults?.map(textOf)).toEqual([
    'mute:for=2s,on=idle,times=always',
    'drop:on=tool-running',
  ]);
  expect(() => scriptOf({ name: 'x', faults: ['drop', { fault: 'close', code: 1_006 }] }, '.')).toThrow(
    /^script: faults: 1: code: expected a code/,
  );
  expect(() => scriptOf({ name: 'x', faults: ['dorp'] }, '.')).toThrow(
    /^script: faults: 0: there is no fault "dorp"; there are /,
  );
});
