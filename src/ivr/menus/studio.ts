// A Twilio Studio flow becomes the graph of an old IVR. Pure. What its functions, requests and variables decide is known to nobody
// before a call: of such a branch a side that calls somebody is kept, or the one with the most behind it, and the author is told.
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import {
  nextsOf,
  otherLanguages,
  type Loss,
  type OldMenu,
  type OldNext,
  type OldNode,
  type OldPrompt,
} from './old-menu.ts';
import { asksForExtension, extensionsLost } from './extensions.ts';
import { dialOfWidget, taskLostOf } from './studio-dial.ts';
import { keysOfSplit, firstKeys, splitsFrom, splitsOn } from './studio-keys.ts';
import { sidesOf } from './studio-sides.ts';
import { THROUGH } from './studio-through.ts';
import {
  hasLiquid,
  languagesOfFlow,
  nextOn,
  propertyOf,
  withoutLiquid,
  type Flow,
  type Widget,
} from './studio-flow.ts';

/** Throws nothing: what is missing is among the losses. */
export function oldMenuOfFlow(flow: Flow): OldMenu {
  const nodes = new Map<string, OldNode>();
  const reading = new Reading(flow, nodes);
  const trigger = flow.states.find(({ name }) => name === flow.initial_state);
  const start =
    (trigger && (trigger.type === 'trigger' ? nextOn(trigger, 'incomingCall') : trigger.name)) ?? '';
  reading.addFrom(start);
  const languages = languagesOfFlow(flow);
  return {
    ...{ start, nodes, language: languages[0], unreached: UNREACHED },
    losses: [...reading.losses, ...reading.unread(), ...otherLanguages(languages)],
  };
}

const UNREACHED = 'no way that is carried over leads to it';
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
      if (widget !== undefined) {
        this.#seen.add(name);
        this.#nodes.set(name, this.#nodeOf(widget));
      }
      const node = this.#nodes.get(name);
      for (const next of node === undefined ? [] : nextsOf(node)) waiting.add(next);
    }
  }

  /** Triggers of messages and the like lead to widgets that no call meets. */
  unread(): Loss[] {
    return [...this.#widgets.values()]
      .filter(({ name, type }) => !this.#seen.has(name) && type !== 'trigger')
      .map((widget) => ({
        where: whereOf(widget),
        kept: 'nothing',
        lost: UNREACHED,
      }));
  }

  #nodeOf(widget: Widget): OldNode {
    const where = whereOf(widget);
    const title = widget.name.replaceAll(/[^\p{L}\p{N}]+/gu, ' ').trim();
    const through = THROUGH.get(widget.type);
    if (through) {
      const next = nextOn(widget, ...through.events);
      const { lost, orElse } = through;
      if (lost === null) return { is: 'pass', where, kept: '', lost: '', next, orElse: 'end' };
      if (next === undefined && orElse === 'tool') return { is: 'tool', where, what: title, lost, next };
      const kept = 'what comes after it';
      return { is: 'pass', where, kept, lost, next, orElse: orElse === 'end' ? 'end' : 'message' };
    }
    switch (widget.type) {
      case 'gather-input-on-call':
        return this.#gather(widget, where, title);
      case 'split-based-on':
        return this.#split(widget, where);
      case 'say-play':
        if (propertyOf(widget, 'digits') !== '')
          this.#lose(widget, 'what comes after it', 'plays keys into the call');
        return { is: 'say', where, ...this.#prompt(widget), next: nextOn(widget, 'audioComplete') };
      case 'connect-call-to': {
        const next = nextOn(widget, 'callCompleted');
        const dial = dialOfWidget(widget);
        return 'to' in dial
          ? { is: 'dial', where, ...dial, title, next }
          : { is: 'lost', where, ...dial, next };
      }
      case 'record-voicemail':
        return { is: 'voicemail', where, next: nextOn(widget, 'recordingComplete', 'noAudio') };
      case 'enqueue-call':
      case 'send-to-flex': {
        const name = ['queue_name', 'workflow_sid', 'workflow']
          .map((one) => propertyOf(widget, one))
          .find(Boolean);
        const next = nextOn(widget, 'callComplete', 'failedToEnqueue', 'callFailure');
        return { is: 'queue', where, name: name ?? widget.name, lost: taskLostOf(widget), next };
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
        const lost = `widgets of type ${widget.type} are not carried over`;
        const [after] = widget.transitions.filter(({ next }) => next);
        if (!after?.next) return { is: 'lost', where, lost, next: undefined };
        const kept = `what comes after it on ${after.event}`;
        return { is: 'pass', where, kept, lost, next: after.next, orElse: 'message' };
      }
    }
  }

  #prompt(widget: Widget): OldPrompt {
    const said = propertyOf(widget, 'say');
    if (hasLiquid(said)) this.#lose(widget, 'the words around it', 'says a value of the flow');
    const played = propertyOf(widget, 'play').split('/').at(-1) ?? '';
    return {
      text: withoutLiquid(said),
      recordings: played === '' || said !== '' ? [] : [withoutLiquid(played)],
    };
  }

  #gather(widget: Widget, where: string, title: string): OldNode {
    const prompt = this.#prompt(widget);
    const pressed = nextOn(widget, 'keypress') ?? nextOn(widget, 'speech');
    const first = this.#splitAfter(widget, pressed);
    const silent = nextOn(widget, 'timeout');
    const isOneKey = propertyOf(widget, 'number_of_digits') === '1';
    const splits = first === undefined ? [] : splitsFrom(first, widget.name, this.#widgets);
    const each = splits.map((split) => ({ split, ...keysOfSplit(split, widget.name, isOneKey) }));
    const found = firstKeys(each);
    if (found.keys.length === 0) {
      if (nextOn(widget, 'keypress') === undefined && pressed !== undefined)
        return this.#speech(widget, where, prompt, first === undefined ? pressed : undefined);
      const named = choicesIn(prompt.text);
      const isNumber = Number(propertyOf(widget, 'number_of_digits') || 2) > 1;
      // Any key leads on: "press any key to go on".
      if (!isNumber && named.length === 1) {
        const choices = [{ key: named[0]!.key, next: pressed }];
        return { is: 'choices', where, title, ...prompt, choices, otherwise: undefined, silent };
      }
      return { is: 'collect', where, what: title, entry: widget.name, ...prompt, next: pressed, silent };
    }
    for (const { split, unclear } of each) {
      this.#seen.add(split.name);
      for (const lost of unclear) this.#lose(split, 'its other conditions', `condition ${lost} names no key`);
    }
    if (!isOneKey && asksForExtension(prompt.text)) this.#lose(widget, 'its single keys', extensionsLost());
    const known = new Set(found.keys.map(({ key }) => key));
    for (const { key } of choicesIn(prompt.text).filter((one) => !known.has(one.key)))
      this.#lose(widget, 'its other keys', `key ${key} is said, and leads nowhere`);
    const choices = found.keys.map((choice) => ({
      ...choice,
      next: choice.next ?? this.#ended(where, choice),
    }));
    return { is: 'choices', where, title, ...prompt, choices, otherwise: found.noMatch, silent };
  }

  #lose(widget: Widget, kept: string, lost: string): void {
    this.losses.push({ where: whereOf(widget), kept, lost });
  }

  /** A condition that holds, and leads nowhere. */
  #ended(where: string, { key }: { readonly key: string }): string {
    const id = `${where}/${key}`;
    const lost = `nothing follows key ${key}, so the call ends`;
    const kept = 'the end of the call';
    this.#nodes.set(id, { is: 'pass', where, kept, lost, next: undefined, orElse: 'end' });
    return id;
  }

  /** Keys do nothing in it. `next`: whatever was said. */
  #speech(widget: Widget, where: string, prompt: OldPrompt, next: OldNext): OldNode {
    const lost = 'listens for words, and not for keys';
    const silent = nextOn(widget, 'timeout');
    const heard: OldNode =
      next === undefined
        ? { is: 'speech', where, lost, next: silent }
        : { is: 'pass', where, lost, kept: 'what comes after it', next, orElse: 'message' };
    const id = `${widget.name}/words`;
    this.#nodes.set(id, heard);
    return { is: 'say', where, ...prompt, next: id };
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
    if (lost) this.#lose(widget, 'what comes after it', lost);
  }

  #split(widget: Widget, where: string): OldNode {
    const [kept, ...others] = sidesOf(widget, this.#widgets);
    const by = propertyOf(widget, 'input') || 'something';
    if (kept === undefined)
      return { is: 'lost', where, lost: `decides by ${by}, and leads nowhere`, next: undefined };
    if (others.length === 0) return { is: 'pass', where, kept: '', lost: '', next: kept, orElse: 'end' };
    const lost = `decides by ${by}: the ways to ${others.join(', ')}`;
    return { is: 'pass', where, kept: `the way to ${kept}`, lost, next: kept, others, orElse: 'message' };
  }
}
