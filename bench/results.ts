import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';

/** Writes bench/results/NAME.json: figures with all that is needed to judge them. */
export function writeResults(name: string, figures: object): void {
  const path = new URL(`./results/${name}.json`, import.meta.url);
  const machine = {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    node: process.version,
    load: loadavg()[0],
  };
  // As the formatter wants large numbers: 1e29.
  const text = JSON.stringify({ bench: name, machine, ...figures }, null, 2).replace(/(\d)e\+(\d)/g, '$1e$2');
  writeFileSync(path, `${text}\n`);
}
