// A Twilio Studio flow becomes the graph of an old IVR. Pure. What its functions, requests and variables decide is known to nobody
// before a call: of such a branch the side with the most widgets behind it is kept, and the author is told.
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import type { Loss, OldMenu, OldNext, OldNode, OldPrompt } from './old-menu.ts';
import {
  hasLiquid,
  keysOfSplit,
  nextOn,
  propertyOf,
  splitsOn,
  withoutLiquid,
  type Flow,
  type Widget,
} from './studio-flow.ts';

/** What a call comes out of when all went well, by type of widget; null: it goes through, and nothing is lost. */
const THROUGH: ReadonlyMap<string, { readonly events: readonly string[]; readonly lost: string | null }> =
  new Map([
    ['set-variables', { events: ['next'], lost: null }],
    [
      'record-call',
      { events: ['success', 'failed'], lost: 'the call is not recorded by it; see recording in the profile' },
    ],
    [
      'make-http-request',
      { events: ['success', 'failed'], lost: 'its request is not made; a tool of the profile can make it' },
    ],
    [
      'run-function',
      { events: ['success', 'fail'], lost: 'its function is not run; a tool of the profile can do it' },
    ],
    [
      'run-subflow',
      { events: ['completed', 'failed'], lost: 'its subflow is another file; import that by itself' },
    ],
    [
      'add-twiml-redirect',
      { events: ['return', 'timeout', 'fail'], lost: 'what its address answers is not written here' },
    ],
    ['send-message', { events: ['sent', 'failed'], lost: 'its message is not sent; the tool send_text can' }],
  ]);

/** Throws nothing: what is missing is among the losses. */
export function oldMenuOfFlow(flow: Flow): OldMenu {
  const nodes = new Map<string, OldNode>();
  const reading = new Reading(flow, nodes);
  const trigger = flow.states.find(({ name }) => name === flow.initial_state);
  const start =
    (trigger && (trigger.type === 'trigger' ? nextOn(trigger, 'incomingCall') : trigger.name)) ?? '';
  reading.addFrom(start);
  const spoken = flow.states.find((state) => propertyOf(state, 'language') !== '');
  return {
    ...{ start, nodes, language: spoken && propertyOf(spoken, 'language') },
    losses: [...reading.losses, ...reading.unread()],
  };
}

const whereOf = ({ name, type }: Widget): string => `${name} (${type})`;

class Reading {
  readonly losses: Loss[] = [];
  readonly #nodes: Map<string, OldNode>;
  readonly #widgets: ReadonlyMap<string, Widget>;
  /** Read, by themselves or as part of another. */
  readonly #seen = new Set<string>();

  constructor(flow: Flow, nodes: Map<string, OldNode>) {
    this.#nodes = nodes;
    this.#widgets = new Map(flow.states.map((state) => [state.name, state]));
  }

  addFrom(start: string): void {
    const waiting = new Set([start]);
    for (const name of waiting) {
      const widget = this.#widgets.get(name);
      if (widget === undefined) continue;
      this.#seen.add(name);
      const node = this.#nodeOf(widget);
      this.#nodes.set(name, node);
      const nexts = node.is === 'choices' ? [node.otherwise, ...node.choices.map(({ next }) => next)] : [];
      if ('next' in node) nexts.push(node.next);
      for (const next of nexts) if (next !== undefined) waiting.add(next);
    }
  }

  /** Triggers of messages and the like lead to widgets that no call meets. */
  unread(): Loss[] {
    return [...this.#widgets.values()]
      .filter(({ name, type }) => !this.#seen.has(name) && type !== 'trigger')
      .map((widget) => ({
        where: whereOf(widget),
        kept: 'nothing',
        lost: 'no way that is carried over leads to it',
      }));
  }

  #nodeOf(widget: Widget): OldNode {
    const where = whereOf(widget);
    const title = widget.name.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
    const through = THROUGH.get(widget.type);
    if (through) {
      const next = nextOn(widget, ...through.events);
      if (through.lost === null) return { is: 'pass', where, kept: '', lost: '', next };
      return next === undefined && (widget.type === 'run-function' || widget.type === 'make-http-request')
        ? { is: 'tool', where, what: title, lost: through.lost, next }
        : { is: 'pass', where, kept: 'what comes after it', lost: through.lost, next };
    }
    switch (widget.type) {
      case 'gather-input-on-call':
        return this.#gather(widget, where, title);
      case 'split-based-on':
        return this.#split(widget, where);
      case 'say-play':
        if (propertyOf(widget, 'digits') !== '')
          this.losses.push({ where, kept: 'what comes after it', lost: 'plays keys into the call' });
        return { is: 'say', where, ...this.#prompt(widget), next: nextOn(widget, 'audioComplete') };
      case 'connect-call-to': {
        const noun = propertyOf(widget, 'noun') || 'number';
        const to = propertyOf(widget, noun === 'sip' ? 'sip_endpoint' : 'to') || propertyOf(widget, 'to');
        if (noun !== 'number' && noun !== 'sip')
          return { is: 'lost', where, lost: `connects with a ${noun}, which has no phone number` };
        if (hasLiquid(to)) return { is: 'lost', where, lost: `its number is a value of the flow, ${to}` };
        return { is: 'dial', where, to, title, next: nextOn(widget, 'callCompleted') };
      }
      case 'record-voicemail':
        return { is: 'voicemail', where };
      case 'enqueue-call':
      case 'send-to-flex': {
        const name =
          propertyOf(widget, 'queue_name') ||
          propertyOf(widget, 'workflow_sid') ||
          propertyOf(widget, 'workflow');
        return { is: 'queue', where, name: name || widget.name, next: nextOn(widget, 'callComplete') };
      }
      case 'capture-payments':
        return {
          is: 'tool',
          where,
          what: 'take_payment',
          lost: 'takes a payment',
          next: nextOn(widget, 'success'),
        };
      default: {
        const [after] = widget.transitions.filter(({ next }) => next);
        if (!after?.next)
          return { is: 'lost', where, lost: `widgets of type ${widget.type} are not carried over` };
        const lost = `widgets of type ${widget.type} are not carried over`;
        return { is: 'pass', where, kept: `what comes after it on ${after.event}`, lost, next: after.next };
      }
    }
  }

  #prompt(widget: Widget): OldPrompt {
    const said = propertyOf(widget, 'say');
    if (hasLiquid(said))
      this.losses.push({
        where: whereOf(widget),
        kept: 'the words around it',
        lost: 'says a value of the flow',
      });
    const played = propertyOf(widget, 'play').split('/').at(-1) ?? '';
    return {
      text: withoutLiquid(said),
      recordings: played === '' || said !== '' ? [] : [withoutLiquid(played)],
    };
  }

  #gather(widget: Widget, where: string, title: string): OldNode {
    const prompt = this.#prompt(widget);
    const pressed = nextOn(widget, 'keypress') ?? nextOn(widget, 'speech');
    const split = this.#splitAfter(widget, pressed);
    const found = split === undefined ? undefined : keysOfSplit(split);
    if (split === undefined || found === undefined || found.keys.length === 0) {
      const named = choicesIn(prompt.text);
      const isNumber = Number(propertyOf(widget, 'number_of_digits') || 2) > 1;
      // Any key leads on: "press any key to go on".
      if (!isNumber && named.length === 1)
        return {
          is: 'choices',
          where,
          title,
          ...prompt,
          choices: [{ key: named[0]!.key, next: pressed }],
          otherwise: nextOn(widget, 'timeout'),
        };
      return { is: 'collect', where, what: title, ...prompt, next: pressed };
    }
    this.#seen.add(split.name);
    for (const lost of found.unclear)
      this.losses.push({
        where: whereOf(split),
        kept: 'its other conditions',
        lost: `condition ${lost} names no key`,
      });
    const known = new Set(found.keys.map(({ key }) => key));
    const missing = choicesIn(prompt.text).filter(({ key }) => !known.has(key));
    for (const { key } of missing)
      this.losses.push({ where, kept: 'its other keys', lost: `key ${key} is said, and leads nowhere` });
    return {
      ...{ is: 'choices', where, title, ...prompt, choices: found.keys },
      otherwise: found.noMatch ?? nextOn(widget, 'timeout'),
    };
  }

  /** Variables may be set, and requests made, between a gather and its split. */
  #splitAfter(gather: Widget, first: OldNext): Widget | undefined {
    const between: Widget[] = [];
    for (let name = first; name !== undefined && !between.some((one) => one.name === name);) {
      const widget = this.#widgets.get(name);
      if (widget === undefined) return undefined;
      if (widget.type === 'split-based-on') {
        if (!splitsOn(widget, gather.name)) return undefined;
        for (const one of between) this.#passed(one);
        return widget;
      }
      const through = THROUGH.get(widget.type);
      if (through === undefined) return undefined;
      between.push(widget);
      name = nextOn(widget, ...through.events);
    }
    return undefined;
  }

  #passed(widget: Widget): void {
    this.#seen.add(widget.name);
    const lost = THROUGH.get(widget.type)?.lost;
    if (lost) this.losses.push({ where: whereOf(widget), kept: 'what comes after it', lost });
  }

  #split(widget: Widget, where: string): OldNode {
    const sides = widget.transitions.flatMap(({ next }) => next ?? []);
    const [kept, ...others] = [...new Set(sides)].sort(
      (one, other) => this.#behind(other) - this.#behind(one),
    );
    const by = propertyOf(widget, 'input') || 'something';
    if (kept === undefined) return { is: 'lost', where, lost: `decides by ${by}, and leads nowhere` };
    if (others.length === 0) return { is: 'pass', where, kept: '', lost: '', next: kept };
    const lost = `decides by ${by}: the ways to ${others.join(', ')}`;
    return { is: 'pass', where, kept: `the way to ${kept}`, lost, next: kept };
  }

  /** How many widgets can be reached from there. */
  #behind(start: string): number {
    const reached = new Set([start]);
    for (const name of reached)
      for (const { next } of this.#widgets.get(name)?.transitions ?? []) if (next) reached.add(next);
    return reached.size;
  }
}
