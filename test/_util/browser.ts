import { existsSync } from 'node:fs';

import { type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where a Chromium is installed, or `null`; CHROMIUM_PATH names another place. */
export function findChromium(): string | null {
  const places = [process.env['CHROMIUM_PATH'] ?? '', ...PLACES];
  return places.find((place) => place !== '' && existsSync(place)) ?? null;
}

const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Whatever asks for another host fails, network or not; one name is pointed here, as an attacker's may be.
  '--host-resolver-rules=MAP rebound.example 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

/** A Chromium with a profile of its own, without a network but this machine. */
export interface Browser extends AsyncDisposable {
  /** A tab with storage of its own, as a person's first visit has it. */
  open(url: string, options?: BrowserContextOptions): Promise<Tab>;
}

export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** The address of everything it asked for so far, websockets included. */
  readonly requests: readonly string[];
  /** What the browser complained of so far: exceptions, errors on the console, violations of the page's policy. */
  readonly complaints: readonly string[];
  /** What it sent over websockets so far. */
  readonly sentFrames: readonly string[];
}

/** Starts the Chromium that `findChromium` finds. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === null) throw new Error('There is no Chromium: apt-get install chromium.');
  const browser = await chromium.launch({ executablePath, args: FLAGS, headless: true });
  return {
    async open(url, options = {}) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
      const page = await context.newPage();
      page.setDefaultTimeout(15_000);
      const record = recordPage(page);
      await page.goto(url);
      return { page, ...record, [Symbol.asyncDispose]: () => context.close() };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

function recordPage(page: Page): Pick<Tab, 'requests' | 'complaints' | 'sentFrames'> {
  const [requests, complaints, sentFrames]: [string[], string[], string[]] = [[], [], []];
  page.on('request', (request) => requests.push(request.url()));
  page.on('websocket', (socket) => {
    requests.push(socket.url());
    socket.on('framesent', ({ payload }) => sentFrames.push(String(payload)));
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`${message.text()} ${message.location().url}`);
  });
  return { requests, complaints, sentFrames };
}
