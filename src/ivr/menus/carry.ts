// An old IVR becomes a keypad menu of ours, the destinations it needs, and a list of what could not be carried over. Pure; where
// something cannot be carried over, the agent takes a message, so that nobody is left without an answer.
import { wayOf } from '../../agents/keypad-menu-check.ts';
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import {
  KEYS,
  type KeypadMenu,
  type Leads,
  type MenuOption,
  type MenuPage,
} from '../../agents/keypad-menu.ts';
import { LivelineError } from '../../base/errors.ts';
import { Names, nameFrom } from './names.ts';
import {
  beforeChoices,
  endsOrStays,
  heard,
  isMessage,
  isPromptOf,
  isSameMenu,
  nodeInWords,
  placeOf,
  promptText,
  saidFirst,
  stayingFor,
  targetOf,
  toolsOf,
} from './carry-leads.ts';
import { Destinations, Losses, SpokenWords, UNANSWERED } from './carry-notes.ts';
import { otherwiseOf, type Carried, type Choices, type PageToMake } from './carried.ts';
import type { Followed } from './follow-ends.ts';
import { Ways, type Asking } from './follow.ts';
import { ANYTHING_ELSE, leadsInWords } from './in-words.ts';
import type { Loss, OldChoice, OldMenu, OldNext, OldNode, OldPrompt } from './old-menu.ts';

/** `queues`: the numbers of those who take calls out of a queue, by its name. Throws MENU_INVALID where nothing asks for a key. */
export function carried(old: OldMenu, queues: ReadonlyMap<string, string> = new Map()): Carried {
  // Names are known once every option is: a number that one asks for is not called after whom it stood in for.
  const first = new Carrying(old, queues, new Destinations());
  first.done();
  return new Carrying(old, queues, new Destinations(first.asked())).done();
}

class Carrying {
  readonly #old: OldMenu;
  readonly #ways: Ways;
  readonly #losses: Losses;
  readonly #remarks = new Map<string, readonly string[]>();
  readonly #spoken = new SpokenWords();
  readonly #pageNames = new Names();
  readonly #optionNames = new Names();
  readonly #pages = new Map<string, PageToMake>();

  constructor(old: OldMenu, queues: ReadonlyMap<string, string>, destinations: Destinations) {
    this.#old = old;
    this.#losses = new Losses();
    const open = this.#opened.bind(this);
    this.#ways = new Ways(old, queues, this.#pages, open, destinations);
  }

  asked(): ReadonlyMap<string, string> {
    return this.#ways.destinations.asked();
  }

  done(): Carried {
    const welcome: OldPrompt[] = [];
    const start = this.#begin(welcome);
    const menus: MenuPage[] = [];
    // Options add pages while this runs.
    for (const [id, page] of this.#pages) menus.push(this.#page(id, page));
    const said = menus[0]!.say;
    const menu: KeypadMenu = { start, menus };
    return {
      menu,
      destinations: this.#ways.destinations.all(),
      tools: new Set([...toolsOf(menu), ...this.#ways.asks]),
      asks: this.#ways.asks,
      hasVoicemail: this.#ways.hasVoicemail,
      welcome:
        welcome
          .map(({ text }) => text)
          .join(' ')
          .trim() || beforeChoices(said),
      language: this.#old.language,
      losses: [...this.#old.losses, ...this.#unmet(), ...this.#losses.all()],
      left: this.#losses.left(),
      remarks: this.#remarks,
    };
  }

  /** What is said before the first menu is its welcome. */
  #begin(welcome: OldPrompt[]): string {
    const { asked, met, welcomed } = this.#ways;
    for (let id: OldNext = this.#old.start; id !== undefined && !met.has(id);) {
      met.add(id);
      const node = this.#old.nodes.get(id);
      if (node?.is === 'choices') return this.#opened(id, node, { words: 'main', trail: [] });
      if (node === undefined || !('next' in node)) break;
      if (node.is === 'say' && isPromptOf(this.#old, node)) asked.set(node.next!, promptText(node));
      else if (node.is === 'say') {
        welcome.push(node);
        welcomed.add(id);
        for (const lost of heard(node)) this.#losses.add(node.where, 'the rest of the welcome', lost);
      } else if (node.is !== 'pass' || node.lost !== '')
        this.#losses.add(
          node.where,
          'what came after it',
          node.is === 'pass'
            ? node.lost
            : `before the first menu, it ${nodeInWords(node)}: the agent has to do it`,
        );
      id = node.next;
    }
    throw new LivelineError(
      'MENU_INVALID',
      'nothing in it asks callers for a key, so there is no menu to import (words, and numbers of several keys, make none)',
    );
  }

  #opened(id: string, node: Choices, { words, trail }: Asking): string {
    const known =
      this.#pages.get(id) ?? [...this.#pages.values()].find((page) => isSameMenu(page.node, node));
    if (known) {
      const said = promptText(node);
      if (said !== promptText(known.node))
        this.#losses.leave(node.where, `says "${said}" as it listens again`);
      return known.name;
    }
    const isAsked = words !== ANYTHING_ELSE && !words.endsWith(UNANSWERED);
    const title = (isAsked && words) || node.title;
    const name = this.#pageNames.take(nameFrom(title, 'menu'));
    this.#pages.set(id, { name, title, node, said: this.#ways.asked.get(id) ?? '', parents: trail });
    return name;
  }

  #page(id: string, page: PageToMake): MenuPage {
    const { name, title, node, said, parents } = page;
    const say = [said, promptText(node)].filter((part) => part !== '').join(' ');
    for (const lost of heard(node)) this.#losses.add(node.where, `the keys of menu ${name}`, lost);
    const named = new Map(choicesIn(say).map(({ key, words }) => [key, words]));
    const trail = [...parents, id];
    const options = [...node.choices]
      .sort((one, other) => KEYS.indexOf(one.key) - KEYS.indexOf(other.key))
      .map((choice) => this.#option(choice, { page: name, title, words: named.get(choice.key), trail }));
    return { name, say, options, otherwise: this.#otherwise(page, say, trail) };
  }

  /** What another key led to; where that was nothing of its own, what no key led to. */
  #otherwise(page: PageToMake, say: string, trail: readonly string[]): Leads | undefined {
    const { name, node } = page;
    const asking = { words: stayingFor(say) || ANYTHING_ELSE, trail };
    const silent = this.#ways.from(this.#silence(page), asking);
    const other = this.#ways.from(node.otherwise, asking);
    const above = trail.map((id) => this.#pages.get(id)?.name);
    const stays = ({ leads }: Followed): boolean =>
      leads === undefined || isMessage(leads) || endsOrStays(leads, name);
    const goesUp = ({ leads }: Followed): boolean => {
      const way = leads && wayOf(leads);
      return typeof way === 'object' && above.includes(way.page);
    };
    // A key that nobody pressed: whoever has waited is at a menu above again, and the agent asks them anyhow.
    const taken = !stays(other) ? other : !stays(silent) && !goesUp(silent) ? silent : undefined;
    for (const [when, way] of [['another key', other] as const, ['without a key', silent] as const]) {
      const kept = `menu ${name} is said again`;
      for (const { where, lost } of way.losses) this.#losses.add(where, kept, `${when}: ${lost}`);
      for (const { where, what } of way.left) this.#losses.leave(where, `${when}: ${what}`);
      const { leads } = way;
      if (leads === undefined || (way === other && way === taken)) continue;
      const what = `${when}: ${leadsInWords(leads)}`;
      if (stays(way) || goesUp(way)) {
        const words = saidFirst(leads);
        if (isMessage(leads) && words !== '') this.#losses.leave(node.where, `${when}: says "${words}"`);
        if (leads.to === 'say' && !isMessage(leads)) this.#losses.leave(node.where, what);
      } else
        this.#losses.add(
          node.where,
          JSON.stringify(leads) === JSON.stringify(taken?.leads)
            ? 'it, for keys that the menu does not have'
            : 'the agent asks what they want',
          what,
        );
    }
    if (taken && taken.remarks.length > 0) this.#remarks.set(otherwiseOf(name), taken.remarks);
    return taken?.leads;
  }

  /** What came once nobody had pressed a key. A menu that is said twice is one. */
  #silence({ node }: PageToMake): OldNext {
    const seen = new Set<string>();
    let silence = node.silent;
    const between: string[] = [];
    for (let at = silence; at !== undefined && !seen.has(at);) {
      seen.add(at);
      const met = this.#old.nodes.get(at);
      if (met?.is === 'say') {
        between.push(promptText(met));
        at = met.next;
      } else if (met?.is === 'choices' && met !== node && isSameMenu(met, node)) {
        for (const id of seen) this.#ways.met.add(id);
        const said = [...between.splice(0), promptText(met)].join(' ');
        this.#losses.leave(met.where, `without a key: says "${said}" and listens again`);
        silence = met.silent;
        at = silence;
      } else break;
    }
    return silence;
  }

  #option(
    choice: OldChoice,
    {
      page,
      title,
      words = '',
      trail,
    }: { page: string; title: string; words: string | undefined; trail: readonly string[] },
  ): MenuOption {
    const asked = words || (choice.words ?? '');
    const followed = this.#ways.from(choice.next, { words: asked, trail });
    for (const { where, kept, lost } of followed.losses) this.#losses.add(where, kept, lost);
    for (const { where, what } of followed.left) this.#losses.leave(where, what);
    let leads = followed.leads ?? { to: 'hang-up' as const };
    if (leads.to === 'menu' && leads.name === page) leads = { to: 'repeat' };
    const own = nameFrom(
      asked,
      nameFrom(isMessage(leads) ? placeOf(this.#old, choice) : targetOf(leads), 'option'),
    );
    const name = this.#optionNames.take(own, `${page}_${own}`);
    if (followed.remarks.length > 0) this.#remarks.set(name, followed.remarks);
    return { key: choice.key, name, spoken: this.#spoken.of(asked, title, leads), leads };
  }

  /** What no way that is carried over leads to: not even what was named on one. */
  #unmet(): Loss[] {
    const { nodes, unreached } = this.#old;
    const isMet = ([id]: readonly [string, OldNode]): boolean => this.#ways.met.has(id);
    const reached = new Set([...nodes].filter(isMet).map(([, { where }]) => where));
    const named = new Set<string>();
    return [...nodes].flatMap(([id, node]) => {
      const { where } = node;
      const isLink = node.is === 'pass' && node.lost === '';
      if (isMet([id, node]) || named.has(where) || (isLink && reached.has(where))) return [];
      if (!reached.has(where)) named.add(where);
      const lost = reached.has(where) ? `no way leads to it any more: ${nodeInWords(node)}` : unreached;
      return [{ where, kept: 'nothing', lost }];
    });
  }
}
