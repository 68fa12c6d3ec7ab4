export { forecastPicture } from './forecast.ts';
export { type ProgressEvent, progressRenderer } from './progress.ts';
export { right, type TextTableOptions, textTable } from './table.ts';
export { type Abilities, abilitiesOf, columnsOf } from './terminal.ts';
export { printable } from './width.ts';
