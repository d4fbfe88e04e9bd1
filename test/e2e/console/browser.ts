// A real Chromium before the real server on the simulators. Whatever the page complains of fails the test: an error, a refusal
// by the content policy, a request to elsewhere.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, describe, expect, type TestContext } from 'vitest';
import { migratedDatabaseUrl } from '../../doubles/databases.ts';

/** Debian's, unless CHROMIUM_PATH names another. Undefined: there is none. */
export const CHROMIUM = [process.env['CHROMIUM_PATH'], '/usr/bin/chromium'].find(
  (path) => path !== undefined && path !== '' && existsSync(path),
);

if (CHROMIUM === undefined)
  console.warn('**** SKIPPED: the console in a browser, as there is no Chromium: set CHROMIUM_PATH ****');

/** Where there is a browser. All at once, as calls mostly wait: `expect.poll` is that of the test's context. */
export const describeInBrowser = CHROMIUM === undefined ? describe.skip : describe.concurrent;

/** For `world`: a database of its own, as servers on the same one are nodes of one board. */
export const alone = async (context: TestContext): Promise<{ DATABASE_URL: string }> => ({
  DATABASE_URL: await migratedDatabaseUrl(context),
});

/** For a call that is looked at for long: nobody hangs up because the agent says nothing. */
export const PATIENT = { patienceMs: 120_000 };

export type Theme = 'light' | 'dark';
export const THEMES: readonly Theme[] = ['light', 'dark'];

const SCREENSHOTS = fileURLToPath(new URL('../screenshots/', import.meta.url));
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const launched = new Map<string, Promise<Browser>>();

/** One for all tests of a file, as far as they ask for the same flags. */
export function browserWith(args: readonly string[] = []): Promise<Browser> {
  const key = args.join(' ');
  const found = launched.get(key);
  if (found) return found;
  // As root, as in containers, there is no sandbox.
  const browser = chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox', ...args] });
  launched.set(key, browser);
  return browser;
}

afterAll(async () => {
  for (const browser of launched.values()) await (await browser).close();
});

export interface PageOptions {
  /** `http://127.0.0.1:8080`: of the server. */
  readonly url: string;
  /** Behind the #. */
  readonly path?: string;
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  /** Signs in with this before the page is opened. */
  readonly token?: string;
  readonly name?: string;
  /** Flags of the browser, such as for a microphone. */
  readonly args?: readonly string[];
  /** Such as `microphone`. */
  readonly permissions?: readonly string[];
  /** Complaints that belong to the test. */
  readonly expected?: readonly RegExp[];
}

export interface ConsolePage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** What the page has complained of so far, apart from what was expected. */
  readonly complaints: readonly string[];
  /** Looks as in this theme, as the machine's setting. */
  readonly inTheme: (theme: Theme) => Promise<void>;
  /** Goes to a view by its path behind the #. */
  readonly goTo: (path: string) => Promise<void>;
  /** What axe finds fault with, a line each. */
  readonly axe: () => Promise<readonly string[]>;
  /** Into test/e2e/screenshots, which git does not keep. The whole page. */
  readonly shoot: (name: string) => Promise<void>;
}

/** In a profile of its own. At the end of the test it is closed, and must not have complained. */
export async function openConsole(
  { onTestFinished }: Pick<TestContext, 'onTestFinished'>,
  options: PageOptions,
): Promise<ConsolePage> {
  const { url, path = '/', theme = 'light', width = 1280, height = 860, token, name = 'Ada' } = options;
  const browser = await browserWith(options.args);
  const context = await browser.newContext({
    ...{ baseURL: url, colorScheme: theme, viewport: { width, height }, reducedMotion: 'reduce' },
    ...{ timezoneId: 'UTC', locale: 'en-GB', permissions: [...(options.permissions ?? [])] },
  });
  const complaints: string[] = [];
  onTestFinished(async () => {
    await context.close();
    expect(complaints).toEqual([]);
  });
  if (token !== undefined) {
    const entered = await context.request.post('/console/session', {
      headers: { origin: url },
      data: { token, name },
    });
    expect(entered.status()).toBe(200);
  }
  const page = await context.newPage();
  listenTo(page, url, options.expected ?? [], complaints);
  await page.goto(`/#${path}`);
  const inTheme = async (wanted: Theme): Promise<void> => {
    await page.emulateMedia({ colorScheme: wanted });
    // Until it is drawn, and buttons have passed over to it, some colours are still those of the other.
    await page.evaluate(async () => {
      await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
      const passing = document.getAnimations().filter((each) => each instanceof CSSTransition);
      await Promise.allSettled(passing.map(({ finished }) => finished));
    });
  };
  return {
    ...{ page, context, complaints, inTheme },
    goTo: (to) => page.evaluate((hash) => void (location.hash = hash), to),
    axe: () => axeOf(page),
    async shoot(as) {
      mkdirSync(SCREENSHOTS, { recursive: true });
      // What sticks to the window stands where people meet it.
      await page.evaluate(() => scrollTo(0, 0));
      await page.screenshot({ path: `${SCREENSHOTS}${as}.png`, fullPage: true });
    },
  };
}

/**
 * A view as people meet it, in both themes and on a telephone's screen: no fault that axe knows, nothing wider than the screen;
 * and a picture of each, to be looked at. The page must show all that it is going to.
 */
export async function looksRight(
  { page, inTheme, axe, shoot }: Pick<ConsolePage, 'page' | 'inTheme' | 'axe' | 'shoot'>,
  view: string,
): Promise<void> {
  const { width, height } = page.viewportSize()!;
  const faults: string[] = [];
  for (const theme of THEMES) {
    await inTheme(theme);
    faults.push(...(await axe()).map((fault) => `${theme}: ${fault}`));
    await shoot(`${view}-${theme}`);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await shoot(`${view}-narrow`);
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  if (beyond > 0) faults.push(`${beyond} pixels wider than a telephone's screen`);
  await page.setViewportSize({ width, height });
  await inTheme('light');
  expect(faults, view).toEqual([]);
}

function listenTo(page: Page, url: string, expected: readonly RegExp[], complaints: string[]): void {
  const complain = (what: string): void => {
    if (!expected.some((pattern) => pattern.test(what))) complaints.push(what);
  };
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning')
      complain(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complain(`thrown: ${error.message}`));
  page.on('request', (request) => {
    const asked = request.url();
    if (!asked.startsWith(`${url}/`) && !/^(data|blob|about):/.test(asked)) complain(`elsewhere: ${asked}`);
  });
}

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** By `evaluate`, which the content policy lets through; a script element it does not. */
async function axeOf(page: Page): Promise<readonly string[]> {
  await page.evaluate(readFileSync(AXE, 'utf8'));
  const violations = await page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: Violation[] }> };
    };
    return (await axe.run()).violations;
  });
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map((node) => `${id}: ${help}: ${node.html} ${node.failureSummary ?? ''}`),
  );
}
