// An old IVR becomes a keypad menu of ours, the destinations it needs, and a list of what could not be carried over. Pure; where
// something cannot be carried over, the agent takes a message, so that nobody is left without an answer.
import { mayDial } from '../../agents/dial-guard.ts';
import { wayOf } from '../../agents/keypad-menu-check.ts';
import { choicesIn } from '../../agents/keypad-menu-words.ts';
import { KEYS, type Leads, type MenuOption, type MenuPage } from '../../agents/keypad-menu.ts';
import { LivelineError } from '../../base/errors.ts';
import { Names, nameFrom } from './names.ts';
import {
  beforeChoices,
  endsInVoicemail,
  endsOrStays,
  heard,
  isPromptOf,
  MESSAGE,
  placeOf,
  promptText,
  saying,
  targetOf,
} from './carry-leads.ts';
import { Destinations, Losses, SpokenWords } from './carry-notes.ts';
import type { Carried, Choices, PageToMake } from './carried.ts';
import type { OldChoice, OldMenu, OldNext, OldPrompt } from './old-menu.ts';

interface Followed {
  /** Undefined: nothing followed, and the old call ended. */
  readonly leads: Leads | undefined;
  readonly remarks: readonly string[];
}

/** `queues`: the numbers of those who take calls out of a queue, by its name. Throws MENU_INVALID where nothing asks for a key. */
export function carried(old: OldMenu, queues: ReadonlyMap<string, string> = new Map()): Carried {
  return new Carrying(old, queues).done();
}

class Carrying {
  readonly #old: OldMenu;
  readonly #queues: ReadonlyMap<string, string>;
  readonly #losses: Losses;
  readonly #remarks = new Map<string, readonly string[]>();
  readonly #destinations = new Destinations();
  readonly #spoken = new SpokenWords();
  readonly #tools = new Set<string>();
  readonly #pageNames = new Names();
  readonly #optionNames = new Names();
  readonly #pages = new Map<string, PageToMake>();
  readonly #asked = new Map<string, string>();
  readonly #welcomed = new Set<string>();

  constructor(old: OldMenu, queues: ReadonlyMap<string, string>) {
    this.#old = old;
    this.#queues = queues;
    this.#losses = new Losses(old.losses);
  }

  done(): Carried {
    const welcome: OldPrompt[] = [];
    const start = this.#begin(welcome);
    const menus: MenuPage[] = [];
    // Options add pages while this runs.
    for (const [id, page] of this.#pages) menus.push(this.#page(id, page));
    const said = menus[0]!.say;
    return {
      menu: { start, menus },
      destinations: this.#destinations.all(),
      tools: this.#tools,
      hasVoicemail: menus.some(({ options, otherwise }) =>
        [...options.map(({ leads }) => leads), otherwise].some(endsInVoicemail),
      ),
      welcome:
        welcome
          .map(({ text }) => text)
          .join(' ')
          .trim() || beforeChoices(said),
      language: this.#old.language,
      losses: this.#losses.all(),
      remarks: this.#remarks,
    };
  }

  /** What is said before the first menu is its welcome. */
  #begin(welcome: OldPrompt[]): string {
    const seen = new Set<string>();
    for (let id: OldNext = this.#old.start; id !== undefined && !seen.has(id);) {
      seen.add(id);
      const node = this.#old.nodes.get(id);
      if (node?.is === 'choices') return this.#pageName(id, node, 'main', []);
      if (node === undefined || !('next' in node)) break;
      if (node.is === 'pass') this.#losses.add(node.where, node.kept, node.lost);
      if (node.is === 'say' && isPromptOf(this.#old, node)) this.#asked.set(node.next!, promptText(node));
      else if (node.is === 'say') {
        welcome.push(node);
        this.#welcomed.add(id);
        for (const lost of heard(node)) this.#losses.add(node.where, 'the rest of the welcome', lost);
      } else if (node.is !== 'pass')
        this.#losses.add(
          node.where,
          'what came after it',
          `${node.is} before the first menu: the agent has to do it`,
        );
      id = node.next;
    }
    throw new LivelineError(
      'MENU_INVALID',
      'nothing in it asks callers for a key, so there is no menu to import',
    );
  }

  #pageName(id: string, node: Choices, words: string, parents: readonly string[]): string {
    const known = this.#pages.get(id);
    if (known) return known.name;
    const name = this.#pageNames.take(nameFrom(words || node.title, 'menu'));
    const title = words || node.title;
    this.#pages.set(id, { name, title, node, said: this.#asked.get(id) ?? '', parents: [...parents] });
    return name;
  }

  #page(id: string, { name, title, node, said, parents }: PageToMake): MenuPage {
    const say = [said, promptText(node)].filter((part) => part !== '').join(' ');
    for (const lost of heard(node)) this.#losses.add(node.where, `the keys of menu ${name}`, lost);
    const named = new Map(choicesIn(say).map(({ key, words }) => [key, words]));
    const trail = [...parents, id];
    const options = [...node.choices]
      .sort((one, other) => KEYS.indexOf(one.key) - KEYS.indexOf(other.key))
      .map((choice) => this.#option(choice, { page: name, title, words: named.get(choice.key), trail }));
    const { leads, remarks } = this.#follow(node.otherwise, '', trail);
    for (const lost of remarks)
      this.#losses.add(node.where, `menu ${name} is said again`, `without a key: ${lost}`);
    const isElsewhere = leads !== undefined && remarks.length === 0 && !endsOrStays(leads, name);
    return { name, say, options, otherwise: isElsewhere ? leads : undefined };
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
    const followed = this.#follow(choice.next, asked, trail);
    let leads = followed.leads ?? { to: 'hang-up' as const };
    if (leads.to === 'menu' && leads.name === page) leads = { to: 'repeat' };
    const own = nameFrom(
      asked,
      nameFrom(leads === MESSAGE ? placeOf(this.#old, choice) : targetOf(leads), 'option'),
    );
    const name = this.#optionNames.take(own, `${page}_${own}`);
    if (followed.remarks.length > 0) this.#remarks.set(name, followed.remarks);
    return { key: choice.key, name, spoken: this.#spoken.of(asked, title, leads), leads };
  }

  #follow(next: OldNext, words: string, trail: readonly string[], seen: readonly string[] = []): Followed {
    if (next === undefined) return { leads: undefined, remarks: [] };
    const node = this.#old.nodes.get(next);
    if (node === undefined) return this.#instead(next, 'it is not there');
    if (seen.includes(next))
      return this.#instead(node.where, 'it leads back to itself, and no key leads out');
    const onwards = (to: OldNext): Followed => this.#follow(to, words, trail, [...seen, next]);
    switch (node.is) {
      case 'say': {
        // Whoever comes back to the start was welcomed already.
        if (this.#welcomed.has(next)) return onwards(node.next);
        if (isPromptOf(this.#old, node) && !this.#asked.has(node.next!))
          this.#asked.set(node.next!, promptText(node));
        const inner = onwards(node.next);
        const remarks = [...heard(node), ...inner.remarks];
        const isPrompt = isPromptOf(this.#old, node);
        return { leads: isPrompt ? inner.leads : saying(promptText(node), inner.leads), remarks };
      }
      case 'choices':
        return { leads: { to: 'menu', name: this.#pageName(next, node, words, trail) }, remarks: [] };
      case 'collect': {
        const what = nameFrom(node.what, 'enter_number');
        const after = onwards(node.next);
        const remark = `collects digits: needs a tool, such as "${what}"`;
        const remarks = [remark, ...heard(node)];
        // A menu behind it that is reached by no other way must not be lost with it.
        if (after.leads !== undefined && this.#isNewPage(after.leads, trail))
          return { leads: after.leads, remarks: [...remarks, ...after.remarks] };
        this.#tools.add(what);
        const say = promptText(node);
        return { leads: { to: 'tool', name: what, ...(say !== '' && { say }) }, remarks };
      }
      case 'dial': {
        const refusal = mayDial(node.to);
        if (refusal) return this.#instead(node.where, `${node.to || 'no number'}: ${refusal.words}`);
        return { leads: this.#destinations.leads(node.to, words, node.title, false), remarks: [] };
      }
      case 'queue': {
        const to = this.#queues.get(node.name);
        const refusal = to === undefined ? undefined : mayDial(to);
        if (to !== undefined && refusal === undefined)
          return { leads: this.#destinations.leads(to, words, node.name, true), remarks: [] };
        return this.#instead(
          node.where,
          refusal
            ? `queue ${node.name}: ${to ?? ''}: ${refusal.words}`
            : `who answers queue "${node.name}" is not known: name them with --queue "${node.name}=+…"`,
        );
      }
      case 'voicemail':
      case 'hang-up':
        return { leads: { to: node.is }, remarks: [] };
      case 'pass':
        if (node.lost !== '') this.#losses.add(node.where, node.kept, node.lost);
        return onwards(node.next);
      case 'tool': {
        const name = nameFrom(node.what, 'tool');
        this.#tools.add(name);
        return { leads: { to: 'tool', name }, remarks: [`${node.lost}: needs a tool, such as "${name}"`] };
      }
      case 'lost':
        return this.#instead(node.where, node.lost);
    }
  }

  #instead(where: string, lost: string): Followed {
    this.#losses.add(where, 'the agent takes a message', lost);
    return { leads: MESSAGE, remarks: [`${lost}; the agent takes a message`] };
  }

  #isNewPage(leads: Leads, trail: readonly string[]): boolean {
    const way = wayOf(leads);
    const above = trail.map((id) => this.#pages.get(id)?.name);
    return typeof way === 'object' && !above.includes(way.page);
  }
}
