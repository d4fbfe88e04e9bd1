// Menus in which callers could dial a number of several keys, such as an extension, in place of one key. Pure; English, Spanish,
// German, French, Italian, Dutch and Portuguese.

const ASKS = new RegExp(
  String.raw`(?<![\p{L}\p{N}])(?:` +
    [
      'extension|dial (?:it|them|their number) (?:now|at any time)',
      'extensión|interno|anexo',
      'Durchwahl|Nebenstelle',
      'poste',
      'numero interno|interno',
      'toestelnummer|doorkiesnummer',
      'ramal',
    ].join('|') +
    String.raw`)(?![\p{L}\p{N}])`,
  'iu',
);

export const asksForExtension = (said: string): boolean => ASKS.test(said);

/** For the author. `known`: those that are. */
export const extensionsLost = (known: readonly string[] = []): string =>
  `callers could dial numbers of several keys, such as extensions; now each key acts by itself${known.length === 0 ? '' : ` (${known.join(', ')})`}`;
