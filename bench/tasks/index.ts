import { RecurveError } from 'recurve';

/** A bench of a task; takes its name and the words behind it. */
interface TaskBench {
  run(name: string, words: readonly string[]): Promise<void>;
}

const TASKS: Readonly<Record<string, () => Promise<TaskBench>>> = {
  classify: () => import('./classify.ts'),
  'compose-jsb': () => import('./compose.ts'),
  'compose-nottingham': () => import('./compose.ts'),
  tag: () => import('./tag.ts'),
  generate: () => import('./generate.ts'),
  'generate-5min': () => import('./generate.ts'),
  'generate-speed': () => import('./generate-speed.ts'),
  rhyme: () => import('./rhyme.ts'),
};

/** `npm run bench -- tasks NAME [options]`: one task's figures on real data, put into bench/results/tasks.json. */
export async function main([name = '', ...words]: readonly string[]): Promise<void> {
  if (!Object.hasOwn(TASKS, name)) {
    throw new RecurveError(
      'usage',
      `bench tasks: expected one of ${Object.keys(TASKS).join(', ')}, got "${name}"; name one`,
    );
  }
  await (await TASKS[name]()).run(name, words);
}
