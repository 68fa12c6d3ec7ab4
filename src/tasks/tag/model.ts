import type { TableFormat, TaggedText } from '../../data/index.ts';
import { createEngine } from '../../engine/index.ts';
import { RecurveError } from '../../errors.ts';
import {
  decodeModelFile,
  type Json,
  type JsonObject,
  type ModelFile,
  plainJson,
  type StoredTensors,
} from '../../model/index.ts';
import type { Carry, Network } from '../../nn/index.ts';
import { VERSION } from '../../version.ts';
import { atOnce } from '../baselines/pieces.ts';
import { type LoadOptions, loadOptions } from '../load-options.ts';
import { expectProbabilities } from '../probabilities.ts';
import { networkOf, weightsOf } from '../training/index.ts';
import { inputWidth, type TagArchitecture, tagNetwork } from './architecture.ts';
import { labelAt, type TagCalibration } from './calibration.ts';
import { checkTagDocument } from './document.ts';
import type { TagInputs } from './inputs.ts';
import type { TagSettings } from './options.ts';
import { meanLogits, probabilitiesInBatches, sequenceProbabilities, withRegression } from './predictor.ts';
import type { Logistic } from './regression/logistic.ts';
import { createTagStream, type TagStream } from './stream.ts';
import type { TablePlan } from './table/features.ts';
import { expectTagData, type TagTable, type TagTableOptions, targetTimes } from './table/tag-table.ts';
import type { TextPlan } from './text/features.ts';

/** All that makes a tagger; what a model file holds. */
export interface TagParts {
  settings: TagSettings;
  architecture: TagArchitecture;
  /** Names of the K classes; of two the second is the positive one. */
  classes: string[];
  calibration: TagCalibration;
  plan: TablePlan | TextPlan;
  /** Tables: the regression that answers beside the network; absent where there is none. */
  regression?: Logistic;
  /** Tables: how the training's was read, and how the next one is to be read. */
  reading?: TagTableOptions;
  /** Tables: how the training's was written, where it was said, for `readTable` of the next one. */
  written?: TableFormat;
  /** Steps, seconds, scores: for people and reports. */
  summary: JsonObject;
}

/** What a tagger says of the steps of one sequence. */
export interface Tagged {
  /** The series; empty where there is one only. */
  id: string;
  /** Instants of the steps told in ms since 1970-01-01 UTC; null without time stamps. */
  times: Float64Array | null;
  /** Calibrated, [T, K]. */
  probabilities: Float64Array;
  /** The class told of each step, by name. */
  labels: string[];
}

/** A trained tagger. Use it with `using`, or let it go with its engine. */
export interface TagModel extends TagParts {
  /**
   * Tells the steps of each series, or the words of each sentence. Of a table read with `knownTagTable`; with `ahead` the last one told
   * is that many steps after the last row.
   */
  predict(data: TagTable | TaggedText): Tagged[];
  /** Probabilities [T, K] of the steps of a sequence as they are read; T at least 1. */
  probabilities(inputs: TagInputs): Float64Array;
  /** Takes row after row of a table and answers each; continues from a saved state to the same bits. */
  stream(state?: Json): TagStream;
  /** The logits [T, K] of the next steps, with the states left by the rows before in `carries`, one per network. */
  advance(inputs: TagInputs, carries: readonly Carry[]): Float64Array;
  readonly members: readonly Network[];
  /** For `encodeModelFile` or a run folder. */
  encode(): ModelFile;
  [Symbol.dispose](): void;
}

/** Puts a model together from its parts and networks that have their weights. */
export function tagModel(members: readonly Network[], parts: TagParts): TagModel {
  const { architecture, calibration, classes, plan, regression } = parts;
  const K = classes.length;
  const predictor = { members, architecture, calibration, plan, ...(regression && { regression }) };
  const model: TagModel = {
    ...parts,
    members,
    advance: (inputs, carries) =>
      withRegression(predictor, inputs, atOnce(meanLogits(predictor, [inputs.rows], carries)).mean),
    probabilities(inputs) {
      const T = inputs.rows.length / inputWidth(architecture);
      return atOnce(probabilitiesInBatches(predictor, [T], () => inputs))[0];
    },
    predict(data) {
      expectTagData('tag', data);
      const tagged = (id: string, times: Float64Array | null, probabilities: Float64Array): Tagged => {
        expectProbabilities('tag', probabilities);
        const labels = Array.from(
          { length: probabilities.length / K },
          (_, t) => classes[labelAt(probabilities, t * K, K, calibration)],
        );
        return { id, times, probabilities, labels };
      };
      const all = atOnce(sequenceProbabilities(predictor, data));
      return all.map((probabilities, i) => {
        if (!('kind' in data) || plan.kind !== 'table') return tagged('', null, probabilities);
        const { series } = data.series[i];
        return tagged(series.id, targetTimes(series, plan.ahead), probabilities);
      });
    },
    stream: (state) => createTagStream(model, state),
    encode: () => ({
      tensors: Object.assign(
        regression ? storedRegression(regression) : {},
        ...members.map((network, m) =>
          Object.fromEntries(
            Object.entries(weightsOf(network)).map(([name, tensor]) => [`member${m}.${name}`, tensor]),
          ),
        ),
      ) as StoredTensors,
      document: {
        kind: 'model',
        task: 'tag',
        step: Number(model.summary.steps ?? 0),
        architecture: plainJson({ ...architecture, members: members.length, regression: regression !== undefined }),
        data: plainJson({
          classes,
          calibration,
          plan: plan.kind === 'table' ? plan : { ...plan, words: plan.words.toJSON(), endings: plan.endings.toJSON() },
          ...(parts.reading && { reading: parts.reading, written: parts.written ?? {} }),
        }),
        training: plainJson({ settings: parts.settings, summary: model.summary }),
        versions: { recurve: VERSION },
      },
    }),
    [Symbol.dispose]() {
      for (const network of members) network[Symbol.dispose]();
    },
  };
  return model;
}

/**
 * Loads a tagger from the bytes of its model file.
 *
 * @throws RecurveError `model` for a file that is damaged, foreign or of another task
 */
export async function loadTag(bytes: Uint8Array, options: LoadOptions = {}): Promise<TagModel> {
  const { name, engine: given } = loadOptions('loadTag', options);
  const { tensors, document } = decodeModelFile(bytes, { name, task: 'tag', kind: 'model' });
  const { members: count, regression: size, parts } = checkTagDocument(document, name);
  const regression = size && regressionOf(tensors, size, name);
  const engine = given ?? (await createEngine());
  const members: Network[] = [];
  try {
    for (let m = 0; m < count; m++) {
      const prefix = `member${m}.`;
      const own = Object.entries(tensors).flatMap(([key, tensor]) =>
        key.startsWith(prefix) ? [[key.slice(prefix.length), tensor] as const] : [],
      );
      members.push(networkOf(engine, tagNetwork(parts.architecture), Object.fromEntries(own), name));
    }
  } catch (error) {
    for (const network of members) network[Symbol.dispose]();
    throw error;
  }
  return tagModel(members, { ...parts, ...(regression && { regression }) });
}

function storedRegression({ weight, bias }: Logistic): StoredTensors {
  const R = bias.length;
  return {
    'regression.weight': { dtype: 'F64', shape: [R, weight.length / R], data: Float64Array.from(weight) },
    'regression.bias': { dtype: 'F64', shape: [R], data: Float64Array.from(bias) },
  };
}

/** The regression of a model file, R by D as its document says. */
function regressionOf(tensors: StoredTensors, { R, D }: { R: number; D: number }, name: string): Logistic {
  const [weight, bias] = ['weight', 'bias'].map((part) => tensors[`regression.${part}`]?.data);
  const finite = (data: unknown, length: number): data is Float64Array =>
    data instanceof Float64Array && data.length === length && data.every(Number.isFinite);
  if (finite(weight, R * D) && finite(bias, R)) return { weight, bias };
  throw new RecurveError(
    'model',
    `${name}: expected ${R * D} finite numbers as regression.weight and ${R} as regression.bias, got others; the file is damaged`,
  );
}
