// The form of a campaign's settings, made of the schema by which the API checks them: which fields there are, what is typed into
// each, and back. Pure.

/** As much of JSON Schema as the settings use. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

export type FieldKind =
  | { readonly is: 'text' | 'moment' }
  | {
      readonly is: 'number';
      readonly whole: boolean;
      readonly least: number | undefined;
      readonly most: number | undefined;
    }
  /** One of these; where nothing is chosen, the default counts. */
  | { readonly is: 'choice'; readonly options: readonly string[] }
  /** `of`: one a line; fields with this name, when it is not empty. */
  | { readonly is: 'lines'; readonly of: string }
  /** Some times of a day: 09:00-12:00, 13:00-17:00. */
  | { readonly is: 'hours' };

export interface Field {
  /** As faults name it: `pace.ring_s`. */
  readonly path: string;
  readonly kind: FieldKind;
  readonly about: string;
  readonly isRequired: boolean;
  /** What counts when it is left empty. */
  readonly otherwise: string;
  /** It is there only while another field has one of these values. */
  readonly only: { readonly path: string; readonly values: readonly string[] } | undefined;
}

/** By path, as typed. */
export type Typed = Readonly<Record<string, string>>;

export function fieldsOf(schema: Schema, under = '', isRequired = true): readonly Field[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, inner]): readonly Field[] => {
    const path = under === '' ? name : `${under}.${name}`;
    const required = isRequired && (schema.required?.includes(name) ?? false);
    if (inner.oneOf) return variantsOf(inner.oneOf, path, inner.description ?? '', required);
    if (inner.properties) return fieldsOf(inner, path, required);
    const kind = kindOf(inner);
    if (!kind) return [];
    const usual = inner.default;
    const isPlain = typeof usual === 'string' || typeof usual === 'number' || typeof usual === 'boolean';
    const otherwise = isPlain ? String(usual) : '';
    return [{ path, kind, about: inner.description ?? '', isRequired: required, otherwise, only: undefined }];
  });
}

function kindOf(schema: Schema): FieldKind | undefined {
  const { type, anyOf, items } = schema;
  if (schema.enum) return { is: 'choice', options: schema.enum.map(String) };
  if (type === 'integer' || type === 'number')
    return { is: 'number', whole: type === 'integer', least: schema.minimum, most: schema.maximum };
  if (type === 'string') return { is: schema.format === 'date-time' ? 'moment' : 'text' };
  if (type === 'array' && items) {
    const takesText = [items, ...(items.anyOf ?? [])].some((each) => each.type === 'string');
    const [only, ...others] = items.required ?? [];
    if (takesText) return { is: 'lines', of: '' };
    return only !== undefined && others.length === 0 ? { is: 'lines', of: only } : undefined;
  }
  if (anyOf?.every((each) => each.enum))
    return { is: 'choice', options: anyOf.map(({ enum: values }) => String(values?.[0])) };
  if (anyOf?.some((each) => each.const === 'closed')) return { is: 'hours' };
  return undefined;
}

/** Fields of which one says which others there are: those that no variant has twice, after it. */
function variantsOf(
  variants: readonly Schema[],
  path: string,
  about: string,
  isRequired: boolean,
): readonly Field[] {
  const named = Object.keys(variants[0]?.properties ?? {});
  const by = named.find((name) =>
    variants.every(({ properties }) => properties?.[name]?.const !== undefined),
  );
  if (by === undefined) return [];
  const valueOf = ({ properties }: Schema): string => String(properties?.[by]?.const);
  const fields = new Map<string, Field>();
  for (const variant of variants)
    for (const field of fieldsOf(variant, path)) {
      if (field.path === `${path}.${by}`) continue;
      const values = [...(fields.get(field.path)?.only?.values ?? []), valueOf(variant)];
      fields.set(field.path, { ...field, only: { path: `${path}.${by}`, values } });
    }
  return [
    {
      path: `${path}.${by}`,
      kind: { is: 'choice', options: variants.map(valueOf) },
      ...{ about, isRequired, otherwise: '', only: undefined },
    },
    ...fields.values(),
  ];
}

export const isShown = ({ only }: Field, typed: Typed): boolean =>
  only === undefined || only.values.includes(typed[only.path] ?? '');

/** What is typed, as the API takes it; what is left empty is left out. What is no number goes as it is, for the API to say so. */
export function settingsOf(fields: readonly Field[], typed: Typed): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  for (const field of fields) {
    const text = (typed[field.path] ?? '').trim();
    if (text === '' || !isShown(field, typed)) continue;
    const names = field.path.split('.');
    let inside = settings;
    for (const name of names.slice(0, -1)) inside = (inside[name] ??= {}) as Record<string, unknown>;
    inside[names.at(-1)!] = valueOf(field.kind, text);
  }
  return settings;
}

function valueOf(kind: FieldKind, text: string): unknown {
  switch (kind.is) {
    case 'number':
      return Number.isFinite(Number(text)) ? Number(text) : text;
    case 'moment': {
      // As a browser's field has it: of its own zone, without an offset.
      const at = Date.parse(text);
      return Number.isNaN(at) ? text : new Date(at).toISOString();
    }
    case 'lines': {
      const lines = text.split('\n').flatMap((line) => line.trim() || []);
      return kind.of === '' ? lines : lines.map((line) => ({ [kind.of]: line }));
    }
    case 'hours': {
      const times = text.split(',').map((time) => time.trim());
      return times.length === 1 ? times[0] : times;
    }
    case 'text':
    case 'choice':
      return text;
  }
}
