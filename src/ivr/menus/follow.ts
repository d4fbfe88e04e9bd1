// Where a choice of an old IVR leads: its graph, followed up to the next menu or to an end, and all that is lost on the way. What is
// made of pages it does not know.
import { mayDial } from '../../agents/dial-guard.ts';
import { wayOf } from '../../agents/keypad-menu-check.ts';
import type { Leads } from '../../agents/keypad-menu.ts';
import { endsAfterWords, heard, isBareEnd, isPromptOf, promptText, saying } from './carry-leads.ts';
import { ToolNames, UNANSWERED, type Asked, type Destinations } from './carry-notes.ts';
import type { Choices, PageToMake } from './carried.ts';
import { emergencyWords } from './emergency-words.ts';
import { besides, ENDED, instead, joined, lostOf, type Aside, type Followed } from './follow-ends.ts';
import type { OldMenu, OldNext, OldNode } from './old-menu.ts';

/** Who asked for it. */
export interface Asking {
  /** In what words; empty: nobody knows. */
  readonly words: string;
  /** The nodes of the pages above. */
  readonly trail: readonly string[];
  /**
   * 'named': nobody is led there, and only the straight way is looked at, as there may be very many; 'more': who asked for
   * something was asked for more first, and may have wanted another thing.
   */
  readonly for?: 'named' | 'more';
}

/** Makes a page, or finds the one that is made; gives its name. */
export type OpenPage = (id: string, node: Choices, asking: Asking) => string;

export class Ways {
  readonly #old: OldMenu;
  readonly #queues: ReadonlyMap<string, string>;
  readonly #pages: ReadonlyMap<string, PageToMake>;
  readonly #open: OpenPage;
  readonly #tools = new ToolNames();
  readonly destinations: Destinations;
  /** Tools that came before a menu, which callers now get to without them. */
  readonly asks = new Set<string>();
  /** What was said before menus listened, by the node of the menu. */
  readonly asked = new Map<string, string>();
  /** What was said before the first menu. */
  readonly welcomed = new Set<string>();
  hasVoicemail = false;
  /** Every node that was come through. */
  readonly met = new Set<string>();

  /** `pages`: those that are made, by their node. */
  constructor(
    old: OldMenu,
    queues: ReadonlyMap<string, string>,
    pages: ReadonlyMap<string, PageToMake>,
    open: OpenPage,
    destinations: Destinations,
  ) {
    this.destinations = destinations;
    this.#old = old;
    this.#queues = queues;
    this.#pages = pages;
    this.#open = open;
  }

  from(next: OldNext, asking: Asking): Followed {
    return this.#follow(next, asking, []);
  }

  #follow(next: OldNext, asking: Asking, seen: readonly string[]): Followed {
    if (next === undefined) return ENDED;
    this.met.add(next);
    const node = this.#old.nodes.get(next);
    if (node === undefined) return instead(next, 'it is not there');
    if (seen.includes(next)) return instead(node.where, 'it leads back to itself, and no key leads out');
    const onwards = (to: OldNext): Followed => this.#follow(to, asking, [...seen, next]);
    const asksMore = (to: OldNext): Followed =>
      this.#follow(to, { ...asking, for: asking.for ?? 'more' }, [...seen, next]);
    const words = asking.words === '' ? '' : `${asking.words.replace(UNANSWERED, '')}${UNANSWERED}`;
    const aside = (when: string, to: OldNext): Aside =>
      besides(node.where, when, this.#follow(to, { ...asking, words, for: 'named' }, [...seen, next]));
    switch (node.is) {
      case 'say':
        return this.#said(next, node, onwards);
      case 'choices':
        return { ...ENDED, leads: { to: 'menu', name: this.#open(next, node, asking) } };
      case 'collect': {
        const say = promptText(node);
        const after = asksMore(node.next);
        const silent = asking.for === 'named' ? ENDED : aside('without digits', node.silent);
        const name = this.#tools.of(node.entry, node.what, asking.words);
        const remark = `collects digits: needs a tool, such as "${name}"`;
        // A menu behind it that is reached by no other way must not be lost with it.
        const way = after.leads && wayOf(after.leads);
        if (typeof way === 'object' && this.#isNewPage(way, asking)) {
          if (asking.for !== 'named') this.asks.add(name);
          const asks = lostOf(node.where, 'what comes after it', [
            `${remark}${say === '' ? '' : `; it says "${say}"`}`,
          ]);
          return joined(joined(after, asks), silent);
        }
        const leads: Leads = { to: 'tool', name, ...(say !== '' && { say }) };
        const got = besides(node.where, 'once the digits are there', after);
        return joined(joined({ ...ENDED, leads, remarks: [remark, ...heard(node)] }, got), silent);
      }
      case 'dial': {
        const refusal = mayDial(node.to);
        const after = aside('after the call, or where nobody answers', node.next);
        if (refusal)
          return joined(
            instead(
              node.where,
              `${node.to || 'no number'}: ${refusal.words}`,
              refusal.why === 'emergency' ? emergencyWords(node.to, this.#old.language) : undefined,
            ),
            after,
          );
        const leads = this.destinations.dialled(node, askedBy(asking), node.title);
        return joined({ ...ENDED, leads, ...lostOf(node.where, 'the call itself', node.lost) }, after);
      }
      case 'queue':
        return joined(this.#queued(node, askedBy(asking)), aside('after the queue', node.next));
      case 'voicemail':
        this.hasVoicemail = true;
        return joined({ ...ENDED, leads: { to: 'voicemail' } }, aside('after the message', node.next));
      case 'hang-up':
        return { ...ENDED, leads: { to: 'hang-up' } };
      case 'pass': {
        const after = onwards(node.next);
        if (node.lost === '') return after;
        // What is said to wrong keys is in the leads of all other keys.
        if (node.orElse === 'wrong-key' && this.#isWrong(after.leads, asking))
          return instead(node.where, node.lost);
        const others = asking.for === 'named' ? [] : (node.others ?? []);
        const asides = others.map((other) => aside('where it is decided otherwise', other));
        return node.orElse === 'message' && isBareEnd(after.leads)
          ? [after, ...asides].reduce(joined, instead(node.where, node.lost))
          : [lostOf(node.where, node.kept, [node.lost]), ...asides].reduce(joined, after);
      }
      case 'speech': {
        const after = asksMore(node.next);
        return endsAfterWords(after.leads)
          ? joined(instead(node.where, node.lost), besides(node.where, 'without a word', after))
          : joined(after, lostOf(node.where, 'what came without a word', [node.lost]));
      }
      case 'tool': {
        const name = this.#tools.of(`tool ${node.what}`, node.what, asking.words);
        const remarks = [`${node.lost}: needs a tool, such as "${name}"`];
        return joined({ ...ENDED, leads: { to: 'tool', name }, remarks }, aside('after it', node.next));
      }
      case 'lost':
        return joined(instead(node.where, node.lost), aside('after it', node.next));
    }
  }

  #said(id: string, node: Extract<OldNode, { is: 'say' }>, onwards: (to: OldNext) => Followed): Followed {
    const text = promptText(node);
    // Whoever comes back to the start was welcomed already.
    if (this.welcomed.has(id)) return onwards(node.next);
    if (!isPromptOf(this.#old, node)) {
      const inner = onwards(node.next);
      return { ...inner, leads: saying(text, inner.leads), remarks: [...heard(node), ...inner.remarks] };
    }
    const menu = node.next!;
    if (!this.asked.has(menu) && !this.#pages.has(menu)) this.asked.set(menu, text);
    const inner = onwards(menu);
    const isKept = this.asked.get(menu) === text;
    const left = isKept ? [] : [{ where: node.where, what: `says "${text}" before it listens` }];
    return { ...inner, remarks: [...heard(node), ...inner.remarks], left: [...left, ...inner.left] };
  }

  /** Words at most, and then the end, or a menu above. */
  #isWrong(leads: Leads | undefined, asking: Asking): boolean {
    const way = leads && wayOf(leads);
    return endsAfterWords(leads) || (typeof way === 'object' && !this.#isNewPage(way, asking));
  }

  #queued({ where, name, lost }: Extract<OldNode, { is: 'queue' }>, by: Asked): Followed {
    const to = this.#queues.get(name);
    if (to === undefined)
      return instead(where, `who answers queue "${name}" is not known: name them with --queue "${name}=+…"`);
    const refusal = mayDial(to);
    if (refusal) return instead(where, `queue ${name}: ${to}: ${refusal.words}`);
    const leads = this.destinations.queued(to, lost.join(), by, name);
    return joined({ ...ENDED, leads }, lostOf(where, 'the queue itself', lost));
  }

  #isNewPage({ page }: { readonly page: string }, { trail }: Asking): boolean {
    return !trail.some((id) => this.#pages.get(id)?.name === page);
  }
}

const askedBy = ({ words, for: why }: Asking): Asked => ({ words, isDirect: why === undefined });
