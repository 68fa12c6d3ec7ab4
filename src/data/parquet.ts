import { RecurveError } from '../errors.ts';
import type { RandomAccess } from './bytes.ts';
import { ColumnBuilder } from './columns.ts';
import { type DelimitedRules, uniquePositions } from './delimited.ts';
import { pushValue } from './json-lines.ts';
import { noColumn, type Table } from './table.ts';

/**
 * Reads a Parquet file into typed columns, one row group and column at a time.
 *
 * Stamps stored as adjusted to UTC are instants, the others clock readings; a nested column counts as text.
 */
export async function readParquet(file: RandomAccess, name: string, rules: DelimitedRules): Promise<Table> {
  const [{ parquetMetadataAsync, parquetScan, parquetSchema }, { compressors }] = await Promise.all([
    import('hyparquet'),
    import('hyparquet-compressors'),
  ]);
  try {
    const metadata = await parquetMetadataAsync(file);
    const fields = parquetSchema(metadata).children.map((child) => child.element);
    const positions = uniquePositions(
      fields.map((field) => field.name),
      name,
    );
    const wanted = rules.columns ?? [...positions.keys()];
    for (const column of wanted) {
      if (!positions.has(column)) {
        throw noColumn(column, name, [...positions.keys()]);
      }
    }
    const builders = wanted.map((column) => {
      const asText = rules.text.has(column);
      return new ColumnBuilder(column, { decimal: rules.decimal ?? '.', missing: rules.missing, asText });
    });
    const scan = await parquetScan({ file, metadata, compressors, columns: wanted });
    for (const { rowStart, rowEnd } of scan.ranges) {
      for (const builder of builders) {
        const { logical_type: logical } = fields[positions.get(builder.name)!]!;
        const clock = logical?.type === 'DATE' || (logical?.type === 'TIMESTAMP' && !logical.isAdjustedToUTC);
        const cells = await scan.readColumn({ column: builder.name, rowStart, rowEnd });
        for (const cell of cells) {
          if (clock && cell instanceof Date) builder.pushTime(cell.getTime(), false);
          else pushValue(builder, cell);
        }
      }
    }
    const rows = Number(metadata.num_rows);
    return { source: name, rows, columns: builders.map((builder) => builder.finish()), firstRow: 1, blanks: [] };
  } catch (error) {
    if (error instanceof RecurveError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new RecurveError(
      'data',
      `${name}: expected a whole Parquet file, got a damaged or unknown one (${reason}); write it again`,
      {
        cause: error,
      },
    );
  }
}
