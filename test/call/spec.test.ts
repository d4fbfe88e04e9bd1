// The rules and the tests name each other: no rule without a test, no test for a rule that is not there.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';

const TESTS = resolve(import.meta.dirname, '..');
const SPEC = resolve(TESTS, '../src/call/SPEC.md');
/** What begins a test or a group of them; `rule` is the contracts' own. */
const TITLED = new Set(['test', 'describe', 'rule']);

const rulesIn = (text: string): string[] => [...text.matchAll(/\[([A-Z]{2}\d+)\]/g)].map(([, rule]) => rule!);

/** `test('…')`, `test.concurrent('…')`, `test.each([…])('…')`: the name at the root of what is called. */
function rootOf(called: ts.Expression): string | undefined {
  if (ts.isIdentifier(called)) return called.text;
  if (ts.isPropertyAccessExpression(called) || ts.isCallExpression(called)) return rootOf(called.expression);
  return undefined;
}

function titlesIn(source: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && TITLED.has(rootOf(node.expression) ?? '')) {
      const [title] = node.arguments;
      if (title && ts.isStringLiteralLike(title)) titles.push(title.text);
      if (title && ts.isTemplateExpression(title)) titles.push(title.getText());
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('a.ts', source, ts.ScriptTarget.Latest, true));
  return titles;
}

const quoted = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, rules: titlesIn(readFileSync(join(TESTS, file), 'utf8')).flatMap(rulesIn) }));
const spec = [...readFileSync(SPEC, 'utf8').matchAll(/^- \*\*\[([A-Z]{2}\d+)\]\*\*/gm)].map(
  ([, rule]) => rule!,
);
const contracts = quoted.filter(({ file }) => file.endsWith('.contract.ts')).flatMap(({ rules }) => rules);

test('every rule of SPEC.md is quoted by the title of a test', () => {
  const all = new Set(quoted.flatMap(({ rules }) => rules));
  expect(spec.filter((rule) => !all.has(rule))).toEqual([]);
});

test('no test quotes a rule that neither SPEC.md nor a contract has', () => {
  const rules = new Set([...spec, ...contracts]);
  const strays = quoted.flatMap(({ file, rules: named }) =>
    named.filter((rule) => !rules.has(rule)).map((rule) => `${file}: [${rule}]`),
  );
  expect(strays).toEqual([]);
});

test('every rule has one number, in SPEC.md and in the contracts', () => {
  const rules = [...spec, ...new Set(contracts)];
  expect(new Set(rules).size).toBe(rules.length);
  expect(new Set(contracts).size, 'a contract states each of its rules once').toBe(contracts.length);
});

test('the quotes are found where they stand, and only there', () => {
  expect(
    titlesIn(`
      // test('[AA1] in a comment')
      test('[AA2][AA3] plain', () => { expect('[AA4]').toBe('[AA5]'); });
      test.concurrent.for([['[AA6]']])("[AA7] of a table", () => {});
      describe(\`[AA8] \${name}\`, () => { rule('[AA9] of a contract', () => {}); });
    `).flatMap(rulesIn),
  ).toEqual(['AA2', 'AA3', 'AA7', 'AA8', 'AA9']);
  expect(spec.length).toBeGreaterThan(25);
  expect(contracts.length).toBeGreaterThan(25);
});
