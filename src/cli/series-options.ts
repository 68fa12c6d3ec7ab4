import type { Command } from 'commander';
import type { Part, SeriesOptions } from '../data/index.ts';
import { choiceOption, given, refuseBoth, wholeOption } from './options.ts';

/** Values of the options that say how the rows of a table become the steps of series. */
export interface SeriesValues {
  time?: string;
  past?: string[];
  series?: string;
  step?: string;
  zone?: string;
  timeFormat?: SeriesOptions['timeFormat'];
  spacing?: SeriesOptions['spacing'];
  duplicates?: SeriesOptions['duplicates'];
  missing?: SeriesOptions['missing'];
  maxGap?: number;
}

/** Adds the options that say how rows become steps, in a group of their own. */
export function addSeriesOptions(command: Command): void {
  command
    .optionsGroup('How rows become steps:')
    .option('--step <length>', 'such as 15min, 1h, 1d, 1mo; default the most frequent spacing')
    .option('--zone <name>', 'time zone of stamps without one, such as Europe/Rome; default UTC')
    .addOption(
      choiceOption(
        '--time-format <kind>',
        'how stamps are written',
        [
          ...['auto', 'day-first', 'month-first', 'yyyymmdd', 'year'],
          ...['epoch-s', 'epoch-ms', 'epoch-us', 'epoch-ns'],
        ],
        'auto',
      ),
    )
    .addOption(choiceOption('--spacing <rule>', 'uneven stamps', ['grid', 'bin', 'ignore', 'refuse'], 'grid'))
    .addOption(
      choiceOption('--duplicates <rule>', 'several rows of one time', ['refuse', 'mean', 'first', 'last'], 'refuse'),
    )
    .addOption(choiceOption('--missing <rule>', 'missing values', ['forward', 'linear', 'refuse'], 'forward'))
    .addOption(wholeOption('--max-gap <steps>', 'longest run of missing steps to fill; default 48'));
}

/** Flags of all {@link SeriesValues}, for data that are no table. */
export const SERIES_FLAGS = [
  ...['--time', '--past', '--series', '--step', '--zone', '--time-format'],
  ...['--spacing', '--duplicates', '--missing', '--max-gap'],
];

/** What was given of them, as the library takes it. */
export function seriesOptionsOf(values: SeriesValues): Omit<SeriesOptions, 'target' | 'known'> {
  const { time, past, series, step, zone, timeFormat, spacing, duplicates, missing, maxGap } = values;
  return {
    ...given({ covariates: past, series, step, zone, timeFormat, spacing, duplicates, missing, maxGap }),
    ...(time !== undefined && { time: time === 'none' ? null : time }),
  };
}

/** The test span as `--test-from` or `--test-share` name it; undefined for the default of the task, which is `who` in the message. */
export function testSpanOf(who: string, values: { testFrom?: string; testShare?: number }): Part | 'none' | undefined {
  refuseBoth(who, values, '--test-from', '--test-share');
  const { testFrom, testShare } = values;
  if (testFrom !== undefined) return { from: testFrom };
  if (testShare === undefined) return undefined;
  return testShare === 0 ? 'none' : { fraction: testShare };
}
