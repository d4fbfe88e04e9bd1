// What a <Dial> calls, and which of its attributes nobody carries over (twilio.com, TwiML <Dial>, <Number>, <Sip>). Pure.
import type { OldDial } from './old-menu.ts';
import type { Verb } from './twiml-documents.ts';

/** Carried over, or for the old server alone. */
const WITHOUT_LOSS =
  /^(?:action|method|timeout|answerOnBridge|sequential|sendDigits|trim|(?:status|recordingStatus)Callback\w*|(?:recording|refer)(?:Track|Method)|amdStatusCallback\w*)$/;
/** As Twilio does where nothing is written. */
const DEFAULTS: Readonly<Record<string, readonly string[]>> = {
  hangupOnStar: ['false'],
  record: ['do-not-record', 'false'],
  timeLimit: ['14400'],
  ringTone: ['automatic'],
};
const NO_VALUE = /^(?:username|password)$/;

function lostAttributes({ name: verb, attributes }: Verb): string[] {
  return Object.entries(attributes)
    .filter(([name, value]) => !WITHOUT_LOSS.test(name) && !DEFAULTS[name]?.includes(value))
    .map(([name, value]) => `${name}${NO_VALUE.test(name) ? '' : `="${value}"`} of <${verb}>`);
}

/** In words, where nobody has a phone number. */
export function dialOf(verb: Verb): OldDial | { readonly lost: string } {
  const { attributes, inside, text } = verb;
  const called = inside.find(({ name }) => name === 'Number' || name === 'Sip');
  if (called === undefined && inside.length > 0) {
    const nouns = inside.map((noun) => `<${noun.name}>${noun.text}</${noun.name}>`).join('');
    return { lost: `<${verb.name}>${nouns}</${verb.name}> has no phone number` };
  }
  const others = inside.filter((one) => one !== called);
  const digits = called?.attributes['sendDigits'] ?? '';
  const ringS = Number(attributes['timeout'] || NaN);
  return {
    ...{ to: called?.text ?? text, digits, ringS: Number.isFinite(ringS) ? ringS : undefined },
    lost: [
      ...(others.length > 0
        ? [`${others.length} more numbers of <Dial>: ${others.map((one) => one.text).join(', ')}`]
        : []),
      ...(digits === '' ? [] : [`extension ${digits} is not dialled`]),
      ...lostAttributes(verb),
      ...(called === undefined ? [] : lostAttributes(called)),
    ],
  };
}
