import { chromium } from 'playwright-core';
import { findChromium } from '../../tools/setup.mjs';
import { serve } from './serve.ts';

/** A page of Debian's Chromium that can import the programs of `folder/web`. */
export interface BrowserPage {
  /** Evaluates an expression in the page and returns its awaited value. */
  evaluate(expression: string): Promise<unknown>;
  /** What the page said so far: errors, warnings, refused requests. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens what {@link serve} serves. */
export async function openChromium(folder: string, headers: Record<string, string> = {}): Promise<BrowserPage> {
  const { address, close } = await serve(folder, headers);
  const browser = await chromium.launch({
    executablePath: findChromium()!,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  await page.goto(address);
  return {
    evaluate: (expression) => page.evaluate(expression),
    complaints,
    async close() {
      await browser.close();
      close();
    },
  };
}
