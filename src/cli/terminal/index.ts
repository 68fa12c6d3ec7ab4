export { type ForecastPictureOptions, forecastPicture } from './forecast.ts';
export { type ProgressEvent, type ProgressOptions, type ProgressRenderer, progressRenderer } from './progress.ts';
export { type SparklineOptions, sparkline } from './sparkline.ts';
export { type TextColumn, type TextTableOptions, textTable } from './table.ts';
export { type Abilities, abilitiesOf, columnsOf, type Environment, type OutputStream } from './terminal.ts';
export { lineWidth, pad, printable, truncate } from './width.ts';
