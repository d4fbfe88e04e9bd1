// The coverage of a keypad menu: every path of the old one, and how it is reached now. Pure; how it is printed is not known here.
import { menuProblems, type MenuProblem } from '../../agents/keypad-menu-check.ts';
import type { KeypadMenu } from '../../agents/keypad-menu.ts';
import { otherwiseOf } from './carried.ts';
import { askedFor } from '../../agents/keypad-menu-words.ts';
import { ANYTHING_ELSE, leadsInWords, otherwiseByName } from './in-words.ts';
import type { Left, Loss } from './old-menu.ts';
import { optionsByName, OTHER, pathsOf } from './where-to.ts';

export interface CoverageRow {
  /** The keys from the start, such as `2 1 3`, or `2 other`: a key that the page does not have. Undefined: none lead there. */
  readonly keys: string | undefined;
  readonly page: string;
  /** How a caller asks for it; empty: nobody is told of it. */
  readonly asked: string;
  readonly leads: string;
  /** The name by which the agent chooses it; undefined: no caller would know to ask. */
  readonly byVoice: string | undefined;
  readonly problems: readonly string[];
}

export interface Coverage {
  readonly rows: readonly CoverageRow[];
  /** Of the menu, its pages, and what is around them. */
  readonly problems: readonly MenuProblem[];
  readonly losses: readonly Loss[];
  /** What the old menu did that the agent does in its own way: no fault. */
  readonly left: readonly Left[];
  readonly totals: {
    readonly menus: number;
    /** Options; what other keys do is no path of its own. */
    readonly paths: number;
    readonly byKey: number;
    readonly byVoice: number;
    readonly withProblems: number;
  };
  /** Every path by key and by voice, nothing wrong, nothing lost. */
  readonly isWhole: boolean;
}

export interface Carrying {
  readonly losses: readonly Loss[];
  readonly left: readonly Left[];
  /** By the name of an option, or otherwiseOf a page. */
  readonly remarks: ReadonlyMap<string, readonly string[]>;
}

/** `carrying`: of an import, what it lost. */
export function coverageOf(
  menu: KeypadMenu,
  { losses, left, remarks }: Carrying = { losses: [], left: [], remarks: new Map() },
): Coverage {
  const problems = menuProblems(menu);
  const paths = pathsOf(menu);
  const named = optionsByName(menu);
  const rows = menu.menus.flatMap((page) => {
    const path = paths.get(page.name);
    return page.options.map((option): CoverageRow => {
      const { key, name, leads } = option;
      const asked = askedFor(page, option);
      return {
        ...{ keys: path && [...path, key].join(' '), page: page.name, asked, leads: leadsInWords(leads) },
        byVoice: asked !== '' && named.get(name)?.option === option ? name : undefined,
        problems: [
          ...(path === undefined ? ['no key leads to its menu'] : []),
          ...problems.filter((one) => one.page === page.name && one.key === key).map(({ words }) => words),
          ...(remarks.get(name) ?? []),
        ],
      };
    });
  });
  const otherwiseNames = new Map(
    [...otherwiseByName(menu)].map(([byVoice, { page }]) => [page.name, byVoice]),
  );
  const others = menu.menus.flatMap(({ name, otherwise }): CoverageRow[] => {
    const path = paths.get(name);
    if (otherwise === undefined) return [];
    return [
      {
        ...{ keys: path && [...path, OTHER].join(' '), page: name, asked: ANYTHING_ELSE },
        ...{ leads: leadsInWords(otherwise), byVoice: otherwiseNames.get(name) },
        problems: [
          ...(path === undefined ? ['no key leads to its menu'] : []),
          ...(remarks.get(otherwiseOf(name)) ?? []),
        ],
      },
    ];
  });
  const count = (holds: (row: CoverageRow) => boolean): number => rows.filter(holds).length;
  const totals = {
    ...{ menus: menu.menus.length, paths: rows.length },
    byKey: count(({ keys }) => keys !== undefined),
    byVoice: count(({ byVoice }) => byVoice !== undefined),
    withProblems: [...rows, ...others].filter((row) => row.problems.length > 0).length,
  };
  return {
    ...{ rows: [...rows, ...others].sort(byKeys), losses, left, totals },
    problems: problems.filter(({ key }) => key === undefined),
    isWhole: problems.length + losses.length + totals.withProblems === 0 && totals.byVoice === rows.length,
  };
}

/** As a caller would walk them: 1, then 1 1, 1 2, and so on; 0 and the signs as they are read out. */
function byKeys(one: CoverageRow, other: CoverageRow): number {
  return orderOf(one) < orderOf(other) ? -1 : orderOf(one) > orderOf(other) ? 1 : 0;
}

const orderOf = ({ keys }: CoverageRow): string =>
  keys === undefined ? '~' : keys.replaceAll('0', ':').replaceAll('*', ';').replaceAll('#', '<');
