import { existsSync, readFileSync } from 'node:fs';
import { writeResults } from '../results.ts';
import { type TaskRecord, writePage } from './page.ts';

/** Puts one bench's figures into bench/results/tasks.json, in the place of older ones of the same name, and makes docs/results.md anew. */
export function recordTask(name: string, record: TaskRecord & Readonly<Record<string, unknown>>): void {
  const path = new URL('../results/tasks.json', import.meta.url);
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).tasks : {};
  writeResults('tasks', { tasks: { ...known, [name]: record } });
  writePage(JSON.parse(readFileSync(path, 'utf8')));
}
