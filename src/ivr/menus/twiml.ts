// TwiML documents become the graph of an old IVR (twilio.com, TwiML for Programmable Voice). Pure: the documents are read already.
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import { KEYS } from '../../agents/keypad-menu.ts';
import { LivelineError } from '../../base/errors.ts';
import {
  fileTitle,
  otherLanguages,
  type Loss,
  type OldChoice,
  type OldMenu,
  type OldNext,
  type OldNode,
  type OldPrompt,
} from './old-menu.ts';
import { asksForExtension, extensionsLost } from './extensions.ts';
import { dialOf } from './twiml-dial.ts';
import { taskLost } from './twiml-task.ts';
import { languagesOf, promptOf } from './twiml-words.ts';
import { addressOf, TwimlDocuments, type TwimlDocument, type Verb } from './twiml-documents.ts';

const SPOKEN = new Set(['Say', 'Play', 'Pause']);
/** Verbs after which a call went on, or was over, whatever they did. */
const BESIDE = new Set(['Start', 'Stop', 'Sms', 'Message', 'Siprec']);
/** Verbs whose address goes on with the call, if they name one (twilio.com, TwiML for Programmable Voice). */
const GOES_ON = new Set(['Dial', 'Refer', 'Enqueue', 'Record', 'Pay', 'Connect', 'Sms', 'Message', 'Gather']);
/** Verbs after which nothing of the document was reached. */
const LAST = new Set(['Redirect', 'Hangup', 'Reject', 'Leave']);

/** `start`: the name of the first document; index, main or voice when left out. Throws MENU_INVALID where it is not there. */
export function oldMenuOfTwiml(all: readonly TwimlDocument[], start?: string): OldMenu {
  const documents = new TwimlDocuments(all, start);
  const first = documents.start;
  if (first === undefined)
    throw new LivelineError(
      'MENU_INVALID',
      start === undefined
        ? `which of the ${all.length} documents answers the call is not known: expected index.xml, main.xml or voice.xml, or say with --start`
        : `there is no document "${start}"; there are ${all.map(({ path }) => path).join(', ')}`,
    );
  const nodes = new Map<string, OldNode>();
  const losses = all.flatMap((document) => new Reading(document, documents, nodes).add());
  const languages = languagesOf([...first.verbs, ...all.flatMap(({ verbs }) => verbs)]);
  return {
    ...{ start: idOf(first.path), nodes, unreached: 'nothing leads to this document' },
    ...{ language: languages[0], losses: [...losses, ...otherLanguages(languages)] },
  };
}

const idOf = (path: string, at = 0): string => `${path}#${at}`;

class Reading {
  readonly #document: TwimlDocument;
  readonly #documents: TwimlDocuments;
  readonly #nodes: Map<string, OldNode>;
  /** Verbs that a call can come to, by their place. */
  readonly #read = new Set<number>();
  readonly #losses: Loss[] = [];

  constructor(document: TwimlDocument, documents: TwimlDocuments, nodes: Map<string, OldNode>) {
    this.#document = document;
    this.#documents = documents;
    this.#nodes = nodes;
  }

  /** What is lost whatever leads here. */
  add(): readonly Loss[] {
    const { path, verbs } = this.#document;
    const first = this.#from(0);
    // A document of which nothing is left but its end, or that sends on at once.
    if (first !== idOf(path))
      this.#put(
        idOf(path),
        first === undefined || verbs.length === 0
          ? { is: 'hang-up' }
          : { is: 'pass', kept: '', lost: '', next: first, orElse: 'end' },
      );
    const unread = verbs.filter(
      ({ name }, at) => !this.#read.has(at) && name !== 'Pause' && name !== 'Hangup',
    );
    if (unread.length > 0)
      this.#lose('nothing', `no call came to ${unread.map(({ name }) => `<${name}>`).join(', ')} in it`);
    return this.#losses;
  }

  #lose(kept: string, lost: string): void {
    this.#losses.push({ where: this.#document.path, kept, lost });
  }

  /** The node of the verb at `at`, and all after it. */
  #from(at: number): OldNext {
    const { path, verbs } = this.#document;
    const verb = verbs[at];
    if (verb === undefined) return undefined;
    const id = idOf(path, at);
    this.#read.add(at);
    if (SPOKEN.has(verb.name)) {
      const found = verbs.findIndex(({ name }, index) => index > at && !SPOKEN.has(name));
      const end = found < 0 ? verbs.length : found;
      const spoken = verbs.slice(at, end);
      for (let one = at; one < end; one += 1) this.#read.add(one);
      const prompt = this.#promptOf(spoken);
      const next = this.#from(end);
      if (prompt.text === '' && prompt.recordings.length === 0) return next;
      return this.#put(id, { is: 'say', ...prompt, next });
    }
    if (verb.name === 'Redirect') return this.#redirect(id, verb);
    if (verb.name === 'Gather') return this.#gather(id, verb, promptOf(verbs.slice(0, at)), at);
    return this.#put(id, this.#plain(verb, at));
  }

  #put(id: string, node: WithoutPlace<OldNode>): string {
    this.#nodes.set(id, { ...node, where: this.#document.path });
    return id;
  }

  /** With what it does besides speaking. */
  #promptOf(verbs: readonly Verb[]): OldPrompt {
    for (const { name, attributes } of verbs) {
      const { digits } = attributes;
      if (digits !== undefined) this.#lose('what comes after it', `plays keys ${digits} into the call`);
      if (!SPOKEN.has(name)) this.#lose('what is said around it', `<${name}> inside of <Gather>`);
    }
    return promptOf(verbs);
  }

  /** What an address answers; undefined: there is no such document. */
  #answer(address: string | undefined, digits?: string): string | undefined {
    const { path } = this.#document;
    const found = this.#documents.find(path, address, digits);
    if (found === undefined) return undefined;
    const next = idOf(found.document.path);
    const { lost } = found;
    if (lost === '') return next;
    const kept = found.document.path;
    return this.#put(`${path}?${address ?? ''}?${digits ?? ''}`, {
      ...{ is: 'pass', next, orElse: 'end', kept, lost },
    });
  }

  /** What comes after a verb that may name the address which goes on. */
  #after({ name, attributes: { action } }: Verb, at: number): OldNext {
    if (action === undefined || action === '' || !GOES_ON.has(name)) return this.#from(at + 1);
    return (
      this.#answer(action) ??
      this.#put(`${this.#document.path}?${action}`, {
        is: 'lost',
        lost: this.#documents.missing(action),
        next: undefined,
      })
    );
  }

  #redirect(id: string, { text }: Verb): OldNext {
    const target = this.#answer(text || undefined);
    if (target === undefined)
      return this.#put(id, {
        ...{ is: 'lost', next: undefined },
        lost: this.#documents.missing(text, `<Redirect>${text}</Redirect>`),
      });
    return target === id
      ? this.#put(id, {
          ...{ is: 'lost', next: undefined },
          lost: 'it leads back to itself, and no key leads out',
        })
      : target;
  }

  #gather(id: string, verb: Verb, before: OldPrompt, at: number): string {
    const { action, numDigits, input = 'dtmf', finishOnKey = '#', actionOnEmptyResult } = verb.attributes;
    const { path } = this.#document;
    const prompt = this.#promptOf(verb.inside);
    const answered = action === undefined ? undefined : this.#answer(action);
    // What the menu itself answers to a key is not written in it.
    const anyKey = answered === idOf(path) ? undefined : answered;
    const silent = actionOnEmptyResult === 'true' ? this.#after(verb, at) : this.#from(at + 1);
    if (!/dtmf/i.test(input)) {
      const lost = '<Gather input="speech"> listens for words, and what they lead to is not written here';
      const asked = promptOf(verb.inside);
      const heard = this.#put(`${id}/words`, {
        ...(anyKey === undefined
          ? { is: 'speech', lost, next: silent }
          : { is: 'pass', lost, kept: 'what comes after it', next: anyKey, orElse: 'message' }),
      });
      return asked.text === '' && asked.recordings.length === 0
        ? heard
        : this.#put(id, { is: 'say', ...asked, next: heard });
    }
    const what = fileTitle(addressOf((action ?? path).replace(/[?#].*$/, '')));
    const collect = (): string =>
      this.#put(id, { is: 'collect', what, entry: action ?? path, ...prompt, next: anyKey, silent });
    if (numDigits !== undefined && Number(numDigits) > 1) return collect();
    const named = new Set(choicesIn(`${before.text} ${prompt.text}`).map(({ key }) => key));
    const own = new Map(Array.from(KEYS, (key) => [key, this.#answer(action, key)]));
    const hasOwn = [...own.values()].some((answer) => answer !== undefined);
    const choices = [...own].flatMap(([key, answer]): OldChoice[] => {
      if (answer !== undefined) return [{ key, next: answer }];
      // What ends a number is no choice.
      if (!named.has(key) || (finishOnKey.includes(key) && numDigits === undefined)) return [];
      // Without an answer of its own, a key that is named gets what the address answers whatever is pressed.
      if (anyKey !== undefined && !hasOwn) return [{ key, next: anyKey }];
      const lost = `there is no document for key ${key} of ${action ?? addressOf(path)}`;
      const node: WithoutPlace<OldNode> =
        anyKey === undefined
          ? { is: 'lost', lost, next: undefined }
          : { is: 'pass', lost, kept: 'what all keys without one get', next: anyKey, orElse: 'wrong-key' };
      return [{ key, next: this.#put(`${path}?${action ?? ''}/${key}`, node) }];
    });
    if (choices.length === 0) return collect();
    const extensions = numDigits === undefined ? this.#documents.numbers(path, action) : [];
    if (
      extensions.length > 0 ||
      (numDigits === undefined && asksForExtension(`${before.text} ${prompt.text}`))
    )
      this.#lose('its single keys', extensionsLost(extensions));
    const title = fileTitle(addressOf(path));
    return this.#put(id, { is: 'choices', title, ...prompt, choices, otherwise: anyKey, silent });
  }

  #plain(verb: Verb, at: number): WithoutPlace<OldNode> {
    if (LAST.has(verb.name)) return { is: 'hang-up' };
    const title = fileTitle(addressOf(this.#document.path));
    const next = this.#after(verb, at);
    switch (verb.name) {
      case 'Dial':
      case 'Refer': {
        const dial = dialOf(verb);
        return 'to' in dial ? { is: 'dial', ...dial, title, next } : { is: 'lost', ...dial, next };
      }
      case 'Enqueue': {
        const { waitUrl, workflowSid } = verb.attributes;
        if (waitUrl !== undefined) this.#lose('the queue', `those who wait hear ${waitUrl}`);
        return { is: 'queue', name: workflowSid ?? (verb.text || 'unnamed'), lost: taskLost(verb), next };
      }
      case 'Record':
        return { is: 'voicemail', next };
      case 'Pay':
        return { is: 'tool', what: 'take_payment', lost: '<Pay> takes a payment', next };
      default:
        return {
          ...{ is: 'pass', kept: 'what comes after it', next },
          lost: `<${verb.name}> is not carried over`,
          orElse: BESIDE.has(verb.name) ? 'end' : 'message',
        };
    }
  }
}

/** Of each kind of node. */
type WithoutPlace<Node> = Node extends unknown ? Omit<Node, 'where'> : never;
