export {
  EXPLODING,
  type GateSaturation,
  type GradientTrace,
  type GradientVerdict,
  judgeGradient,
  SATURATED,
  type TraceOptions,
  traceGradients,
  VANISHING,
} from './gradient-through-time.ts';
