// TwiML documents become the graph of an old IVR (twilio.com, TwiML for Programmable Voice). Pure: the documents are read already.
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import { KEYS } from '../../agents/keypad-menu.ts';
import { LivelineError } from '../../base/errors.ts';
import {
  fileTitle,
  type OldChoice,
  type OldMenu,
  type OldNext,
  type OldNode,
  type OldPrompt,
} from './old-menu.ts';
import { addressOf, TwimlDocuments, type TwimlDocument, type Verb } from './twiml-documents.ts';

/** Verbs that make no difference to where a caller gets. */
const SILENT = new Set(['Pause']);
const SPOKEN = new Set(['Say', 'Play', ...SILENT]);

/** `start`: the name of the first document; index, main or voice when left out. Throws MENU_INVALID where it is not there. */
export function oldMenuOfTwiml(all: readonly TwimlDocument[], start?: string): OldMenu {
  const documents = new TwimlDocuments(all);
  const first = documents.start(start) ?? (all.length === 1 && start === undefined ? all[0] : undefined);
  if (first === undefined)
    throw new LivelineError(
      'MENU_INVALID',
      start === undefined
        ? `which of the ${all.length} documents answers the call is not known: expected index.xml, main.xml or voice.xml, or say with --start`
        : `there is no document "${start}"; there are ${all.map(({ path }) => path).join(', ')}`,
    );
  const nodes = new Map<string, OldNode>();
  for (const document of all) new Reading(document, documents, nodes).add();
  return {
    ...{ start: idOf(first.path), nodes },
    language: languageOf(first.verbs) ?? languageOf(all.flatMap(({ verbs }) => verbs)),
    losses: unread(nodes, idOf(first.path), all),
  };
}

const idOf = (path: string, at = 0): string => `${path}#${at}`;

/** Documents that no key leads to: saved by mistake, or meant for a key that nothing asks for. */
function unread(nodes: ReadonlyMap<string, OldNode>, start: string, all: readonly TwimlDocument[]) {
  const reached = new Set([start]);
  for (const id of reached) {
    const node = nodes.get(id);
    if (node === undefined) continue;
    const nexts = 'next' in node ? [node.next] : [];
    if (node.is === 'choices') nexts.push(node.otherwise, ...node.choices.map(({ next }) => next));
    for (const next of nexts) if (next !== undefined) reached.add(next);
  }
  const read = new Set([...reached].map((id) => id.slice(0, id.lastIndexOf('#'))));
  return all
    .filter(({ path }) => !read.has(path))
    .map(({ path }) => ({ where: path, kept: 'nothing', lost: 'nothing leads to this document' }));
}

function languageOf(verbs: readonly Verb[]): string | undefined {
  for (const { name, attributes, inside } of verbs) {
    const found = name === 'Say' ? attributes['language'] : languageOf(inside);
    if (found !== undefined && found !== '') return found;
  }
  return undefined;
}

function promptOf(verbs: readonly Verb[]): OldPrompt {
  const said = verbs.filter(({ name }) => name === 'Say').map(({ text }) => text);
  const played = verbs
    .filter(({ name }) => name === 'Play')
    .map(({ text }) => text.split('/').at(-1) ?? text);
  return {
    text: said.filter((text) => text !== '').join(' '),
    recordings: played.filter((name) => name !== ''),
  };
}

class Reading {
  readonly #document: TwimlDocument;
  readonly #documents: TwimlDocuments;
  readonly #nodes: Map<string, OldNode>;

  constructor(document: TwimlDocument, documents: TwimlDocuments, nodes: Map<string, OldNode>) {
    this.#document = document;
    this.#documents = documents;
    this.#nodes = nodes;
  }

  add(): void {
    const { path, verbs } = this.#document;
    const first = this.#from(0);
    // A document of which nothing is left but its end, or that sends on at once.
    if (first !== idOf(path))
      this.#nodes.set(
        idOf(path),
        first === undefined || verbs.length === 0
          ? { is: 'hang-up', where: path }
          : { is: 'pass', where: path, kept: '', lost: '', next: first },
      );
  }

  /** The node of the verb at `at`, and all after it. */
  #from(at: number): OldNext {
    const { path, verbs } = this.#document;
    const verb = verbs[at];
    if (verb === undefined) return undefined;
    const id = idOf(path, at);
    if (SPOKEN.has(verb.name)) {
      const end = verbs.findIndex(({ name }, index) => index > at && !SPOKEN.has(name));
      const prompt = promptOf(verbs.slice(at, end < 0 ? undefined : end));
      const next = end < 0 ? undefined : this.#from(end);
      if (prompt.text === '' && prompt.recordings.length === 0) return next;
      return this.#put(id, { is: 'say', ...prompt, next });
    }
    if (verb.name === 'Redirect') return this.#redirect(id, verb);
    const next = this.#from(at + 1);
    if (verb.name === 'Gather') return this.#gather(id, verb, promptOf(verbs.slice(0, at)), next);
    return this.#put(id, this.#plain(verb, next));
  }

  #put(id: string, node: WithoutPlace<OldNode>): string {
    this.#nodes.set(id, { ...node, where: this.#document.path });
    return id;
  }

  #redirect(id: string, { text }: Verb): OldNext {
    const target = this.#documents.find(this.#document.path, text || undefined);
    if (target && idOf(target.path) === id)
      return this.#put(id, { is: 'lost', lost: 'it leads back to itself, and no key leads out' });
    return target
      ? idOf(target.path)
      : this.#put(id, { is: 'lost', lost: `there is no document for <Redirect>${text}</Redirect>` });
  }

  #gather(id: string, verb: Verb, before: OldPrompt, otherwise: OldNext): string {
    const { action, numDigits, input = 'dtmf' } = verb.attributes;
    const { path } = this.#document;
    const prompt = promptOf(verb.inside);
    if (!/dtmf/i.test(input))
      return this.#put(id, {
        ...{ is: 'pass', kept: 'what comes after it', next: otherwise },
        lost: '<Gather input="speech"> listens for words, and what they lead to is not written here',
      });
    const what = fileTitle(addressOf((action ?? path).replace(/[?#].*$/, '')));
    const collect = (): string => {
      const next = this.#documents.find(path, action);
      return this.#put(id, { is: 'collect', what, ...prompt, next: next && idOf(next.path) });
    };
    if (numDigits !== undefined && Number(numDigits) > 1) return collect();
    const named = new Set(choicesIn(`${before.text} ${prompt.text}`).map(({ key }) => key));
    // Without an answer of its own, a key that is named gets what the address answers whatever is pressed.
    const anyKey = action === undefined ? undefined : this.#documents.find(path, action);
    const choices = Array.from(KEYS).flatMap((key): OldChoice[] => {
      const answer = this.#documents.find(path, action, key) ?? (named.has(key) ? anyKey : undefined);
      if (answer) return [{ key, next: idOf(answer.path) }];
      if (!named.has(key)) return [];
      const lost = `there is no document for key ${key} of ${action ?? addressOf(path)}`;
      return [{ key, next: this.#put(`${id}/${key}`, { is: 'lost', lost }) }];
    });
    if (choices.length === 0) return collect();
    return this.#put(id, { is: 'choices', title: fileTitle(addressOf(path)), ...prompt, choices, otherwise });
  }

  #plain(verb: Verb, next: OldNext): WithoutPlace<OldNode> {
    const title = fileTitle(addressOf(this.#document.path));
    switch (verb.name) {
      case 'Dial':
      case 'Refer': {
        const [first, ...more] = verb.inside;
        if (first === undefined) return { is: 'dial', to: verb.text, title, next };
        if (first.name !== 'Number' && first.name !== 'Sip')
          return {
            is: 'lost',
            lost: `<Dial><${first.name}>${first.text}</${first.name}></Dial> has no phone number`,
          };
        if (more.length === 0) return { is: 'dial', to: first.text, title, next };
        const only = this.#put(`${idOf(this.#document.path)}/dial`, {
          is: 'dial',
          to: first.text,
          title,
          next,
        });
        return {
          is: 'pass',
          next: only,
          kept: 'the first number',
          lost: `${more.length} more numbers of <Dial>`,
        };
      }
      case 'Enqueue':
        return { is: 'queue', name: verb.text || (verb.attributes['workflowSid'] ?? 'unnamed'), next };
      case 'Record':
        return { is: 'voicemail' };
      case 'Hangup':
      case 'Reject':
      case 'Leave':
        return { is: 'hang-up' };
      case 'Pay':
        return { is: 'tool', what: 'take_payment', lost: '<Pay> takes a payment', next };
      default:
        return { is: 'pass', kept: 'what comes after it', lost: `<${verb.name}> is not carried over`, next };
    }
  }
}

/** Of each kind of node. */
type WithoutPlace<Node> = Node extends unknown ? Omit<Node, 'where'> : never;
